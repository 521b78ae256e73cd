//! The macros of `census`. Use them through that crate: what they generate names only things that it offers.
//!
//! Each macro goes the same way: `parse.rs` reads the user's tokens into a model and reports mistakes, `expand.rs`
//! turns the model into a thin layer over `census::__private`.

mod args;
mod doc;
mod errors;
#[cfg(test)]
mod expansions;
mod generate;
mod item;
mod list;
mod measure;
mod names;
mod record;
mod suggest;
mod tag;
mod tag_value;
#[cfg(test)]
mod testing;
mod view;

use proc_macro::TokenStream;

/// Declares a tag key: what measurements can be told apart by.
///
/// ```ignore
/// use census::{TagKey, tag};
///
/// /// Which client the video came from.
/// #[tag]
/// pub static FRONTEND: TagKey;
///
/// /// Who pays. Other services need not know.
/// #[tag(name = "myorg/keys/tenant", local)]
/// pub static TENANT: TagKey;
/// ```
///
/// The first paragraph of the doc comment is the key's description.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `name` | `&'static str`: 1 to 255 characters of printable ASCII | no | the identifier in lower case, `frontend` | `name = "myorg/keys/frontend"` |
/// | `local` | a word | no | the tag is propagated to other processes | `local` |
/// | `crate` | path to this library | no | `::census` | `crate = metrics` |
///
/// # What it generates
///
/// The static with its value, and an entry in the program's catalogue. Two keys of one name are one key.
#[proc_macro_attribute]
pub fn tag(args: TokenStream, item: TokenStream) -> TokenStream {
    tag::attribute(args.into(), item.into()).into()
}

/// Declares a measure: something that a program measures, and in which unit.
///
/// ```ignore
/// use std::time::Duration;
///
/// use census::{Measure, measure};
///
/// /// Size of processed videos.
/// #[measure(unit = "By")]
/// pub static VIDEO_SIZE: Measure<u64>;
///
/// /// How long a request took.
/// #[measure(name = "myorg/measures/latency", unit = "ms")]
/// pub static LATENCY: Measure<Duration>;
/// ```
///
/// The type of the values is `u64`, `i64`, `f64` or `Duration`. The first paragraph of the doc comment is the
/// measure's description. Nothing is kept of a measure until a view asks for it.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `name` | `&'static str`: 1 to 255 characters of printable ASCII | no | crate and identifier in lower case, `videolib/video_size` | `name = "myorg/measures/video_size"` |
/// | `unit` | `&'static str`: a UCUM unit; of a `Measure<Duration>` one of `s`, `ms`, `us`, `ns` | no | `"1"`; of a `Measure<Duration>` `"s"` | `unit = "By"` |
/// | `crate` | path to this library | no | `::census` | `crate = metrics` |
///
/// # What it generates
///
/// The static with its value, and an entry in the program's catalogue.
#[proc_macro_attribute]
pub fn measure(args: TokenStream, item: TokenStream) -> TokenStream {
    measure::attribute(args.into(), item.into()).into()
}

/// Makes the variants of an enum the values of a tag.
///
/// ```ignore
/// use census::{TagValue, tags};
///
/// #[derive(TagValue)]
/// enum Method {
///     HttpGet,              // "http_get"
///     #[tag_value("OTHER")]
///     Other,                // "OTHER"
/// }
///
/// let tags = tags!(METHOD = Method::HttpGet);
/// ```
///
/// The enum may be generic and may be empty; its variants have no fields, and no two have one value.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | on a variant | a string of 1 to 255 bytes | no | the variant in `snake_case` | `#[tag_value("GET")]` |
/// | on the enum, `crate` | path to this library | no | `::census` | `#[tag_value(crate = metrics)]` |
///
/// # What it generates
///
/// An implementation of `AsTagValue`, which does not allocate.
#[proc_macro_derive(TagValue, attributes(tag_value))]
pub fn derive_tag_value(input: TokenStream) -> TokenStream {
    tag_value::derive(input.into()).into()
}

/// What `census::view!` expands to, with the path to the library and a `;` in front.
#[doc(hidden)]
#[proc_macro]
pub fn view(input: TokenStream) -> TokenStream {
    view::items(input.into()).into()
}

/// What `census::record!` expands to, with the path to the library and a `;` in front.
#[doc(hidden)]
#[proc_macro]
pub fn record(input: TokenStream) -> TokenStream {
    record::record(input.into()).into()
}

/// What `census::tags!` expands to, with the path to the library and a `;` in front.
#[doc(hidden)]
#[proc_macro]
pub fn tags(input: TokenStream) -> TokenStream {
    record::tags(input.into()).into()
}

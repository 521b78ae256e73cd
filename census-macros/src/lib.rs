//! The macros of `census`. Use them through that crate: what they generate names only things that it offers.
//!
//! Each macro goes the same way: `parse.rs` reads the user's tokens into a model and reports mistakes, `expand.rs`
//! turns the model into a thin layer over `census::__private`.

mod args;
mod doc;
mod errors;
#[cfg(test)]
mod expansions;
mod function;
mod generate;
#[cfg(test)]
mod half_typed;
mod item;
mod list;
mod measure;
mod names;
mod record;
mod slice;
mod suggest;
mod tag;
mod tag_value;
#[cfg(test)]
mod testing;
mod view;

use proc_macro::TokenStream;

/// Declares a tag key: what measurements can be told apart by.
///
/// ```
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

/// On a `static`: declares a measure, something that a program measures, and in which unit. On a function or an `impl`
/// block: [measures calls](#on-functions).
///
/// ```
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
///
/// # On functions
///
/// Measures the calls of a function: how many there are, how they end, how long they take, how many are under way.
///
/// ```
/// use std::time::Duration;
/// use census::{Measure, TagKey, measure, tag};
///
/// # #[tag]
/// # static METHOD: TagKey;
/// # #[measure]
/// # static LATENCY: Measure<Duration>;
/// # #[measure]
/// # static IN_FLIGHT: Measure<i64>;
/// # #[measure(unit = "By")]
/// # static SIZE: Measure<u64>;
/// # struct Service;
/// #[measure]
/// async fn load(id: u64) -> std::io::Result<Vec<u8>> {
///     Ok(Vec::new())
/// }
///
/// #[measure(LATENCY, tags(METHOD = method))]
/// fn serve(method: &str) -> String {
///     method.to_lowercase()
/// }
///
/// #[measure(LATENCY, in_flight = IN_FLIGHT)]
/// impl Service {
///     fn work(&self) {} // "Service::work"
///
///     #[measure(SIZE = |answer| answer.len() as u64)] // LATENCY and IN_FLIGHT, too
///     async fn answer(&self) -> String {
///         "42".to_owned()
///     }
///
///     #[measure(skip)]
///     fn left_out(&self) {}
/// }
/// ```
///
/// A bare `#[measure]`, or one that names no measure, records into those of `census::calls`, over which there are views
/// already. With a measure, it records into the named ones only. All that it records carries the tags
/// `census::calls::{FUNCTION, MODULE, RESULT}`, and the tags that are current.
///
/// A call ends as `ok`; as `error`, if it returns an `Err`, under whatever name of the type (but not where the type is a
/// parameter of the function: then `result = ` can tell); as `panicked`; or, if it is a future, as `cancelled`: dropped
/// before it was ready. A future's call begins when it is polled first.
///
/// It goes on every `fn` and `async fn` with a body, on methods, and with `#[async_trait]` above or below it. A function
/// that is not `async` but returns a future (by its name: `impl Future`, a boxed one, a type whose name ends in `Future`)
/// must make it with an `async` block, at its end or where it returns early; what another macro returns cannot be seen. Not
/// on a `const fn`, and in a trait's `impl` not together with `#[track_caller]` unless it can be seen that what is returned
/// is no `Result`. On a function of a generic `impl` with `#[track_caller]` but without `self`, annotate the block.
///
/// ## Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `MEASURE` | path to a `static` of type `Measure<Duration>`, any number of them: how long the call takes | no | `census::calls::LATENCY`, if no measure is named | `LATENCY` |
/// | `MEASURE = \|returned\| value` | path to a `Measure<T>`, and a closure from a reference to what is returned to a `T` or an `Option<T>`, any number of them; not evaluated unless the measure is viewed | no | | `SIZE = \|returned\| returned.len() as u64` |
/// | `in_flight` | path to a `static` of type `Measure<i64>`: one more while the call is under way | no | `census::calls::IN_FLIGHT`, if no measure is named | `in_flight = IN_FLIGHT` |
/// | `tags(KEY = value, …)` | `TagKey`s and `AsTagValue`s, with the function's arguments in scope; evaluated before the call begins, and current while its body runs, around every poll of a future | no | the tags that are current | `tags(METHOD = request.method())` |
/// | `result` | a closure from a reference to what is returned to an `AsTagValue`, the `RESULT` of a call that returns | no | `ok` or `error` | `result = \|r\| if r.is_ok() { "hit" } else { "miss" }` |
/// | `name` | `&'static str`: 1 to 255 bytes; not on a block | no | the identifier, in an annotated block `Type::method` | `name = "load"` |
/// | `skip` | a word, alone; on a method of an annotated block: leaves it out | no | | `skip` |
/// | `crate` | path to this library | no | `::census` | `crate = metrics` |
///
/// A method's own arguments are added to its block's; one that it repeats replaces the block's. A block's `const fn`s are
/// left out.
///
/// ## What it generates
///
/// The function, with its body inside of a call's guard, and an entry in the program's catalogue: its rows are there with
/// zeros before its first call. It behaves as it did: arguments are dropped in the same order, a future is larger by some
/// words and `Send` exactly when it was, lints see the body as it is. (Where what is returned is plainly no `Result`, the
/// arguments are dropped after the call has ended.)
#[proc_macro_attribute]
pub fn measure(args: TokenStream, item: TokenStream) -> TokenStream {
    measure::attribute(args.into(), item.into()).into()
}

/// Makes the variants of an enum the values of a tag.
///
/// ```
/// use census::{TagKey, TagValue, tag, tags};
///
/// #[tag]
/// static METHOD: TagKey;
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

/// Declares one of the library's `linkme` slices, with the version in its identifier.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn linked_slice(_: TokenStream, item: TokenStream) -> TokenStream {
    let output = slice::attribute(item.into());
    output.unwrap_or_else(syn::Error::into_compile_error).into()
}

//! The macros of `census`. Use them through that crate: generated code names only items of `census::__private`.
//!
//! Each macro has the same steps. `parse.rs` (of functions: `arguments.rs`, `item.rs`, `block.rs` and `check.rs`) reads the
//! user's tokens, reports all mistakes, and makes the model of `model.rs`. `expand.rs` is a pure function of the model: it
//! reports nothing, and makes a thin layer over `census::__private`. Files only use files of earlier steps.

mod args;
mod doc;
mod errors;
#[cfg(test)]
mod expansions;
mod function;
mod generate;
mod item;
mod list;
mod measure;
mod names;
#[cfg(test)]
mod partial_input;
mod record;
mod slice;
mod suggest;
mod tag;
mod tag_value;
#[cfg(test)]
mod testing;
mod view;

use proc_macro::TokenStream;

/// Declares a tag key: a dimension of measurements, such as the client or the tenant.
///
/// ```
/// use census::{TagKey, tag};
///
/// /// Which client the video came from.
/// #[tag]
/// pub static FRONTEND: TagKey;
///
/// /// The paying customer. This tag is not sent to other services.
/// #[tag(name = "myorg/keys/tenant", local)]
/// pub static TENANT: TagKey;
/// ```
///
/// The first paragraph of the doc comment is the key's description.
///
/// The values of a `TagKey` are any text. If they are those of an enum with `#[derive(TagValue)]`, or of `bool`, the type
/// says so, as in `TagKey<Method>`: "Closed sets of values" at `TagKey` explains what this gives. The set is one for all
/// keys of the name, also in other crates. A name of your own, such as `shop/kind`, is not the name of another crate's key.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `name` | `&'static str`: 1 to 255 characters of printable ASCII | no | the identifier in lower case, `frontend` | `name = "myorg/keys/frontend"` |
/// | `local` | a word | no | the tag is propagated to other processes | `local` |
/// | `crate` | path to this library, or to a crate that re-exports it by `pub use census::*` | no | `::census` | `crate = metrics` |
///
/// # What it generates
///
/// The static's value, and an entry in the program's catalogue. Two keys with the same name are the same key.
#[proc_macro_attribute]
pub fn tag(args: TokenStream, item: TokenStream) -> TokenStream {
    tag::attribute(args.into(), item.into()).into()
}

/// On a `static`: declares a measure, a quantity with a unit. On a function or an `impl` block:
/// [measures calls](#on-functions).
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
/// measure's description. Measurements are dropped unless a view uses the measure.
///
/// A measure of type `Observed` is read. Its initializer, if it has one, is the function that reads it: a closure
/// without arguments, which returns one value without tags; a closure with an argument, to which it says values; or a
/// path to a function of one of these shapes. Without an initializer, `NAME.observe(…)` adds what reads it.
///
/// ```
/// use std::time::Duration;
///
/// use census::{Observed, TagKey, measure, tag, tags};
///
/// # #[tag]
/// # static POOL: TagKey;
/// # fn cpu_time() -> Duration { Duration::ZERO }
/// /// Jobs waiting.
/// #[measure]
/// static QUEUE_DEPTH: Observed<u64> = || 5;
///
/// /// Connections, by pool.
/// #[measure]
/// static POOL_SIZE: Observed<u64> = |seen| seen.record(5, tags!(POOL = "main"));
///
/// /// Processor time used.
/// #[measure(total)]
/// static CPU: Observed<Duration> = cpu_time;
///
/// /// Connections that wait in a pool.
/// #[measure]
/// static IDLE: Observed<u64>;
/// ```
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `name` | `&'static str`: 1 to 255 characters of printable ASCII | no | crate and identifier in lower case, `videolib/video_size` | `name = "myorg/measures/video_size"` |
/// | `unit` | `&'static str`: a UCUM unit; of a `Measure<Duration>` one of `s`, `ms`, `us`, `ns` | no | `"1"`; of a `Measure<Duration>` `"s"` | `unit = "By"` |
/// | `total` | a word; only for an `Observed` of `u64`, `f64` or `Duration`: its values are running totals, whose `Sum` never falls | no | its values are of what is there now | `total` |
/// | `crate` | path to this library, or to a crate that re-exports it by `pub use census::*` | no | `::census` | `crate = metrics` |
///
/// # What it generates
///
/// The static's value, an entry in the program's catalogue, and one for the function that reads the measure.
///
/// # On functions
///
/// Measures the calls of a function: how many there are, how they end, how long they take, how many are in flight.
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
///     fn skipped(&self) {}
/// }
/// ```
///
/// A `#[measure]` that names no measure records into those of `census::calls`, for which there are views already. With
/// measures, it records into these only. Its measurements have the tags `census::calls::{FUNCTION, MODULE, RESULT}` and the
/// tags that are current.
///
/// A call ends as `ok`, `error`, `panicked` or `cancelled`:
///
/// - `error` if the returned value is an `Err`, also where the type is an alias of `Result`. If the return type is a type
///   parameter of the function, an `Err` ends as `ok`, and `result = ` can tell them apart.
/// - `cancelled` if a future is dropped before it is ready. A future's call begins at the first poll.
///
/// `#[measure]` goes on every `fn` and `async fn` with a body, on methods, and together with `#[async_trait]` in any order.
/// These cases have conditions:
///
/// - A function that is not `async` and returns a future (`impl Future`, a boxed one, or a type whose name ends in
///   `Future`) must make it with an `async` block, at its end or where it returns early. A future from another macro is
///   rejected. `future = true` says that another type is a future, and `future = false` that a type of such a name is none.
/// - A `const fn` cannot be measured.
/// - With `#[track_caller]` in the `impl` of a trait, the return type must be visibly different from `Result`.
/// - A function with `#[track_caller]` and without `self` in a generic `impl` is measured by a `#[measure]` on the block.
///
/// ## Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `MEASURE` | path to a `static` of type `Measure<Duration>`, any number of them: how long the call takes | no | `census::calls::LATENCY`, if no measure is named | `LATENCY` |
/// | `MEASURE = \|returned\| value` | path to a `Measure<T>`, and a closure from a reference to the returned value to a `T` or an `Option<T>`, any number of them; not evaluated unless the measure is viewed | no | | `SIZE = \|returned\| returned.len() as u64` |
/// | `in_flight` | path to a `static` of type `Measure<i64>`: one more while the call is in flight | no | `census::calls::IN_FLIGHT`, if no measure is named | `in_flight = IN_FLIGHT` |
/// | `tags(KEY = value, …)` | `TagKey`s and `AsTagValue`s, with the function's arguments in scope; evaluated before the call begins, and current while its body runs, around every poll of a future | no | the tags that are current | `tags(METHOD = request.method())` |
/// | `exemplar(label = value, …)` | names or string literals, and `AsTagValue`s, with the function's arguments in scope; 128 characters in all; evaluated before the call begins, after the tags, and only if a `Distribution` views one of the named measures | no | that of `census::exemplars_from`, if there is one | `exemplar(trace_id = request.trace_id())` |
/// | `result` | a closure from a reference to the returned value to an `AsTagValue`, the `RESULT` of a call that returns | no | `ok` or `error` | `result = \|r\| if r.is_ok() { "hit" } else { "miss" }` |
/// | `name` | `&'static str`: 1 to 255 bytes; not on a block | no | the identifier, in an annotated block `Type::method` | `name = "load"` |
/// | `future` | `true` or `false`: whether a function that is not `async` returns a future; not on a block | no | as the return type looks | `future = false` |
/// | `skip` | a word, without other arguments; on a method of an annotated block: the method is not measured | no | | `skip` |
/// | `crate` | path to this library, or to a crate that re-exports it by `pub use census::*` | no | `::census` | `crate = metrics` |
///
/// The arguments on a method are added to those on its block; an argument on both is the method's. The `const fn`s of a
/// block are not measured.
///
/// The exemplar belongs to all measurements of the call but those of `in_flight`, however the call ends. Tags and labels are
/// evaluated before the body, because the body may consume the arguments; those of a future are evaluated at its first
/// poll. If one panics, the caller sees the panic, and no call has begun. A trace that begins within the body is seen by
/// `census::exemplars_from`, which is asked when the call ends.
///
/// ## What it generates
///
/// The function, with its body inside a call's guard, and an entry in the program's catalogue, so that there are rows with
/// zeros before the first call. The function behaves as without `#[measure]`: arguments are dropped in the same order, a
/// future is larger by some words, and is `Send` under the same conditions. (If the return type is visibly different from
/// `Result`, the arguments are dropped after the call has ended.)
///
/// Lints and coverage see the function and its body as they are without `#[measure]`. Clippy does because under
/// `cfg(clippy)` the function has no code that measures. The few lints that differ are in the documentation of the crate
/// `census`, under "Lints of measured functions".
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
/// static METHOD: TagKey<Method>;  // or `TagKey`, for a key that also has other values
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
/// The enum may be generic, and may be empty (but a `TagKey` of it has at least one value). Its variants have no fields, and
/// different values.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | on a variant | a string of 1 to 255 bytes | no | the variant in `snake_case` | `#[tag_value("GET")]` |
/// | on the enum, `crate` | path to this library, or to a crate that re-exports it by `pub use census::*` | no | `::census` | `#[tag_value(crate = metrics)]` |
///
/// # What it generates
///
/// An implementation of `AsTagValue`, which does not allocate; and those of `ClosedSet`, which lists the values,
/// `InSet<Self>`, and `From<Self> for census::TagValue`.
#[proc_macro_derive(TagValue, attributes(tag_value))]
pub fn derive_tag_value(input: TokenStream) -> TokenStream {
    tag_value::derive(input.into()).into()
}

/// `census::view!` expands to this, with the path to the library and a `;` before the user's tokens.
#[doc(hidden)]
#[proc_macro]
pub fn view(input: TokenStream) -> TokenStream {
    view::items(input.into()).into()
}

/// `census::record!` expands to this, with the path to the library and a `;` before the user's tokens.
#[doc(hidden)]
#[proc_macro]
pub fn record(input: TokenStream) -> TokenStream {
    record::record(input.into()).into()
}

/// `census::hold!` expands to this, with the path to the library and a `;` before the user's tokens.
#[doc(hidden)]
#[proc_macro]
pub fn hold(input: TokenStream) -> TokenStream {
    record::hold(input.into()).into()
}

/// `census::tags!` expands to this, with the path to the library and a `;` before the user's tokens.
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

// The library's own declarations. Every other crate's are elements of a slice; `census/src/calls.rs` lists these.

/// `#[tag]` for a tag key that the library itself declares.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn built_in_tag(args: TokenStream, item: TokenStream) -> TokenStream {
    tag::built_in(args.into(), item.into()).into()
}

/// `#[measure]` for a measure that the library itself declares.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn built_in_measure(args: TokenStream, item: TokenStream) -> TokenStream {
    measure::built_in(args.into(), item.into()).into()
}

/// `view!` for views that the library itself declares.
#[doc(hidden)]
#[proc_macro]
pub fn built_in_view(input: TokenStream) -> TokenStream {
    view::built_in(input.into()).into()
}

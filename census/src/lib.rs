//! Metrics by declaration: a library declares *measures* and *tags*, an application declares *views*, and the compiler
//! and the linker do the wiring.
//!
//! ```standalone_crate
//! use census::{Measure, TagKey, measure, record, tag, tags, view};
//!
//! // A library says what it measures, and what its measurements can be told apart by.
//!
//! /// Which client the video came from.
//! #[tag]
//! pub static FRONTEND: TagKey;
//!
//! /// Size of processed videos.
//! #[measure(unit = "By")]
//! pub static VIDEO_SIZE: Measure<u64>;
//!
//! // An application says what it wants to see of that.
//!
//! const MIB: u64 = 1 << 20;
//!
//! view! {
//!     /// Processed video size, by client.
//!     pub static VIDEO_SIZES: Distribution<VIDEO_SIZE> by (FRONTEND) {
//!         buckets: [0, 16 * MIB, 256 * MIB],
//!     }
//!
//!     /// Videos processed.
//!     pub static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);
//! }
//!
//! // The library records, knowing nothing of views,
//! record!(VIDEO_SIZE = 25 * MIB, tags(FRONTEND = "ios"));
//!
//! // and a test of the application can look.
//! assert_eq!(VIDEOS.data().get(&tags!(FRONTEND = "ios")), Some(&1));
//! assert_eq!(census::check(), Ok(())); // is everything declared as it should be?
//! ```
//!
//! # The way of a measurement
//!
//! 1. **Declare**: [`#[measure]`](macro@measure), [`#[tag]`](macro@tag) and [`view!`] make statics. Mistakes are compile
//!    errors, at your own words.
//! 2. **Register**: the linker gathers them from all crates of the program; what only the whole program can tell (two
//!    views of one name, say) is an error that names both places: [`check`].
//! 3. **Record**: [`record!`], [`Measure::record`], [`Measure::time`], with the tags that are current in the scope
//!    ([`tags!`], [`TagMap::scope`]) and its own. What no view uses costs one load, and its values are not evaluated.
//! 4. **Aggregate**: each view keeps a row for each set of its columns' values: [`Count`], [`Sum`], [`LastValue`] or
//!    [`Distribution`]. Rows are bounded.
//! 5. **Collect**: [`View::data`] is a view's rows, [`snapshot`] all views', [`report_every`] sends them somewhere.
//! 6. **Encode** and
//! 7. **Serve**: `census::prometheus` (features `prometheus` and `server`).
//!
//! # Tags follow the work
//!
//! The front door knows the tenant, the bottom layer records the bytes, and a view joins them. What the front door says
//! is current for all that it calls, and goes along where you send it; a new task or thread begins without.
//!
//! | where to | how |
//! |---|---|
//! | a closure, or the rest of a block | [`tags!(TENANT = "acme").scope(\|\| …)`](TagMap::scope), [`let _scope = tags.enter();`](TagMap::enter) |
//! | a future, and all that it awaits | [`future.with_tags(tags)`](WithTags::with_tags) |
//! | a task | `spawn(future.with_tags(TagMap::current()))` |
//! | a thread, a blocking call, a parallel iterator | `let tags = TagMap::current();` here, [`tags.scope(\|\| …)`](TagMap::scope) there |
//! | a stream | `stream.with_tags(tags)`, with the feature `stream` |
//! | another process, by HTTP | [`to_baggage`](TagMap::to_baggage) here, [`from_baggage_all`](TagMap::from_baggage_all) there |
//! | another process, by gRPC | [`encode`](TagMap::encode) here, [`decode`](TagMap::decode) there |
//!
//! A measurement's own tags ([`record!`]) go over those of the innermost scope, and these over those of outer ones.
//! `#[tag(local)]` never leaves the process, and [`outgoing`](TagMap::outgoing) and [`incoming`](TagMap::incoming) filter
//! the rest.
//!
//! # Measured functions
//!
//! [`#[measure]`](macro@measure) on a function, a method or an `impl` block counts its calls by how they end, times them,
//! and knows how many are under way: see [`calls`] for what Prometheus then sees.
//!
//! ```standalone_crate
//! use census::{calls, measure, tags};
//!
//! #[measure]
//! fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
//!     text.parse()
//! }
//!
//! assert!(parse("seven").is_err());
//! let errors = tags!(calls::FUNCTION = "parse", calls::MODULE = module_path!(), calls::RESULT = "error");
//! assert_eq!(calls::CALLS.data().get(&errors), Some(&1));
//! ```
//!
//! # Run time
//!
//! Measures, tag keys and views that a program learns of while it runs are made with [`Measure::builder`],
//! [`TagKey::new`] and [`View::count`] and its like.
//!
//! # Features
//!
//! | feature | what for | pulls in |
//! |---|---|---|
//! | none (default) | a library that declares and records | `linkme`, `foldhash`, `pin-project-lite`, and the macros |
//! | `prometheus` | an application that encodes | `prometheus-client` |
//! | `fast-clock` (with `prometheus`) | durations by the processor's counter | `quanta` |
//! | `server` | an application that serves, too | `warp`, `hyper`, `tokio` |
//! | `stream` | `with_tags` for streams; it and futures know when they are fused | `futures-core` |
//!
//! # Limits
//!
//! - A crate that the program never names in code contributes nothing, because the linker leaves it out: `use its_name
//!   as _;` helps.
//! - A global allocator must not record.
//! - With `panic = "abort"`, no call ends as `panicked`.
//! - The macros are for crates of edition 2018 and later.
//! - The documentation tests of a crate of edition 2024 are one program, and so have one catalogue: those that declare
//!   the same names need `standalone_crate` (three backticks and that word).
//! - A `cdylib` has a catalogue of its own.
#![doc = include_str!("../../docs/opencensus.md")]

// In the order of the data's way, not of the alphabet.
mod declare;

mod register;

mod tags;

mod record;

pub mod calls;

mod aggregate;

mod collect;

mod report;

#[cfg(feature = "prometheus")]
pub mod prometheus;

#[cfg(feature = "server")]
mod server;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use aggregate::{Data, DistributionData, Exemplar};
pub use census_macros::{TagValue, measure, tag};
pub use collect::{Row, Snapshot, SnapshotView, ViewData, snapshot};
pub use declare::{
    Aggregation, Count, DEFAULT_LATENCY_BUCKETS, Distribution, LastValue, Measure, Number, Origin,
    Sum, TagKey, TimeUnit, Value, View,
};
pub use record::{BoundMeasure, MeasureMap, Timer};
pub use register::{
    CatalogueError, MeasureBuilder, Problem, ProblemKind, ViewBuilder, check,
    set_default_max_series,
};
pub use report::{Reporter, ReporterHandle, report_every};
#[cfg(feature = "stream")]
pub use tags::StreamWithTags;
pub use tags::{
    AsTagValue, DecodeError, DecodeErrorKind, EncodeError, Encoded, Omitted, Scope, TagFilter,
    TagMap, TagValue, TagValueError, TagValueRef, Tagged, WithTags,
};

/// How many rows a view keeps that does not say: 2,000.
pub const DEFAULT_MAX_SERIES: usize = 2_000;

/// Declares views: what an application wants to see of what libraries record.
///
/// ```standalone_crate
/// use std::time::Duration;
/// use census::{Measure, TagKey, measure, tag, view};
/// # #[tag]
/// # static METHOD: TagKey;
/// # #[measure]
/// # static LATENCY: Measure<Duration>;
/// # #[measure]
/// # static BYTES: Measure<u64>;
///
/// view! {
///     /// How long requests take.
///     pub static REQUEST_SECONDS: Distribution<LATENCY> by (METHOD);
///
///     /// Bytes sent.
///     pub(crate) static SENT_BYTES: Sum<BYTES> by (METHOD) { max_series: 100 }
///
///     #[cfg(debug_assertions)]
///     static LARGEST: Distribution<BYTES> { buckets: [1 << 10, 1 << 20], name: "sizes" }
/// }
/// ```
///
/// Each item is `VISIBILITY static NAME: AGGREGATION<MEASURE> by (TAG, …) { OPTIONS }`. Attributes, visibility and doc
/// comment are the item's own; the doc comment's first paragraph is the description. `by (…)` may be left out (one row),
/// and so may the braces (then the item ends in `;`).
///
/// # The parts
///
/// | part | type | required | default | example |
/// |---|---|---|---|---|
/// | aggregation | [`Count`], [`Sum`], [`LastValue`], [`Distribution`] | yes | | `Count` |
/// | measure | path to a [`Measure`] | yes | | `videolib::VIDEO_SIZE` |
/// | columns | paths to [`TagKey`]s, each once, of different labels; none beginning with `__`, nor `le` for a [`Distribution`] | no | none: one row | `by (FRONTEND, CODEC)` |
/// | `name` | `&'static str`: 1 to 255 characters of printable ASCII | no | the identifier in lower case | `name: "myorg/views/size"` |
/// | `description` | `&'static str` | no | the doc comment; else the measure's | `description: "Sizes."` |
/// | `buckets` | bounds in the measure's type, finite and increasing | of a `Distribution` of anything but durations | [`DEFAULT_LATENCY_BUCKETS`] | `buckets: [0, 16 * MIB]` |
/// | `max_series` | `usize`, at least 1 | no | what [`set_default_max_series`] says, else [`DEFAULT_MAX_SERIES`] | `max_series: 500` |
/// | `namespace` | `true` or `false`: whether an exporter's namespace is put before the name | no | `true` | `namespace: false` |
///
/// # What it generates
///
/// For each item a `static` of type [`View<AGGREGATION>`](View), and an entry in the program's catalogue.
#[macro_export]
macro_rules! view {
    ($($input:tt)*) => { $crate::__private::view! { $crate; $($input)* } };
}

/// Records measurements, with tags and an exemplar of their own.
///
/// ```standalone_crate
/// use census::{Measure, TagKey, measure, record, tag};
/// # #[tag]
/// # static FRONTEND: TagKey;
/// # #[measure]
/// # static VIDEO_SIZE: Measure<u64>;
/// # #[measure]
/// # static FRAMES: Measure<u64>;
/// # let (client, id) = ("ios", 7);
///
/// record!(VIDEO_SIZE = 1 << 20, FRAMES = 300, tags(FRONTEND = client), exemplar(trace_id = id));
/// ```
///
/// As in `log!`, nothing is evaluated unless one of the measures is viewed. Never panics, but for what your own
/// expressions do. See [`Measure::record`] for what is refused.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `MEASURE = value` | a place of type [`Measure<T>`](Measure), and a `T` | at least one, each measure once | | `self.sizes = 7` |
/// | `tags(KEY = value, …)` | [`TagKey`]s and [`AsTagValue`]s | no | the tags of the scope; these go over them | `tags(FRONTEND = "ios")` |
/// | `exemplar(label = value, …)` | names or string literals, and [`AsTagValue`]s; 128 characters in all | no | none | `exemplar(trace_id = id)` |
///
/// # What it generates
///
/// An expression of type `()`: a look at each measure whether it is viewed, and behind it a call for each measurement, or
/// one for all if there is an exemplar.
#[macro_export]
macro_rules! record {
    ($($input:tt)*) => { $crate::__private::record! { $crate; $($input)* } };
}

/// Makes a [`TagMap`]: the tags that are current, and these over them.
///
/// ```
/// use census::{TagKey, TagMap, tag, tags};
///
/// #[tag]
/// static FRONTEND: TagKey;
/// #[tag]
/// static TENANT: TagKey;
///
/// let outer = tags!(FRONTEND = "ios");
/// outer.scope(|| {
///     let both = tags!(TENANT = 7);
///     assert_eq!(both.len(), 2);
/// });
/// ```
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `KEY = value` | a place of type [`TagKey`], and an [`AsTagValue`], any number of them, each key once | no | the tags that are current | `FRONTEND = "ios"` |
///
/// A value longer than 255 bytes is cut at a character; `None` leaves the key as it is.
///
/// # What it generates
///
/// An expression of type [`TagMap`].
#[macro_export]
macro_rules! tags {
    ($($input:tt)*) => { $crate::__private::tags! { $crate; $($input)* } };
}

/// The README's code is compiled.
#[cfg(all(doctest, feature = "server"))]
#[doc = include_str!("../../README.md")]
struct Readme;

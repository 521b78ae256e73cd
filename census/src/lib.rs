//! Metrics by declaration: a library declares *measures* and *tags*, an application declares *views*, and the compiler
//! and the linker connect them.
//!
//! ```standalone_crate
//! use census::{Measure, TagKey, measure, record, tag, tags, view};
//!
//! // A library declares its measures, and the tags of its measurements.
//!
//! /// Which client the video came from.
//! #[tag]
//! pub static FRONTEND: TagKey;
//!
//! /// Size of processed videos.
//! #[measure(unit = "By")]
//! pub static VIDEO_SIZE: Measure<u64>;
//!
//! // An application declares what it wants to see of them.
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
//! // The library records; it knows no views.
//! record!(VIDEO_SIZE = 25 * MIB, tags(FRONTEND = "ios"));
//!
//! // A test of the application reads a view.
//! assert_eq!(VIDEOS.data().get(&tags!(FRONTEND = "ios")), Some(&1));
//! assert_eq!(census::check(), Ok(())); // all declarations are valid
//! ```
//!
//! # The way of a measurement
//!
//! 1. **Declare**: [`#[measure]`](macro@measure), [`#[tag]`](macro@tag) and [`view!`] make statics. A mistake is a
//!    compile error at the words that are wrong.
//! 2. **Register**: the linker gathers the statics of all crates of the program. A mistake that only the whole program
//!    shows (two different views of one name, say) is an error that names both places: [`check`].
//! 3. **Record**: [`record!`], [`Measure::record`] and [`Measure::time`] record a value with the tags that are current
//!    in the scope ([`tags!`], [`TagMap::scope`]) and the measurement's own. A measure that no view uses costs one
//!    load, and its values are not evaluated. [`Measure::hold`] adds a value until a guard is dropped.
//!    [`exemplars_from`] gives measurements the current trace as their exemplar.
//! 4. **Aggregate**: each view keeps a row for each set of values of its columns: [`Count`], [`Sum`], [`LastValue`] or
//!    [`Distribution`]. The number of rows is bounded, and rows [may go](view!#rows-that-go).
//! 5. **Collect**: [observed measures](Observed) are read. [`View::data`] copies the rows of one view, [`snapshot`]
//!    those of all views, and [`report_every`] sends snapshots somewhere.
//! 6. **Encode**: `census::prometheus` writes the views for Prometheus (feature `prometheus`).
//! 7. **Serve**: `census::prometheus` also has an HTTP server (feature `server`).
//!
//! # Tags follow the work
//!
//! The entry point of a request knows the tenant, the lowest layer records the bytes, and a view joins the two. Tags of
//! a scope are current in everything that is called there. A new task or thread begins without tags, unless they are
//! handed over:
//!
//! | to | how |
//! |---|---|
//! | a closure, or the rest of a block | [`tags!(TENANT = "acme").scope(\|\| …)`](TagMap::scope), [`let _scope = tags.enter();`](TagMap::enter) |
//! | a future, and everything that it awaits | [`future.with_tags(tags)`](WithTags::with_tags) |
//! | a task | `spawn(future.with_tags(TagMap::current()))` |
//! | a thread, a blocking call, a parallel iterator | `let tags = TagMap::current();` before, [`tags.scope(\|\| …)`](TagMap::scope) inside |
//! | a stream | `stream.with_tags(tags)`, with the feature `stream` |
//! | another process, by HTTP | [`to_baggage`](TagMap::to_baggage) in the client, [`from_baggage_all`](TagMap::from_baggage_all) in the server |
//! | another process, by gRPC | [`encode`](TagMap::encode) in the client, [`decode`](TagMap::decode) in the server |
//!
//! A measurement's own tags ([`record!`]) replace those of the innermost scope, and the tags of a scope replace those
//! of the scopes around it. Tags of `#[tag(local)]` keys never leave the process; [`outgoing`](TagMap::outgoing) and
//! [`incoming`](TagMap::incoming) filter the others.
//!
//! # Measured functions
//!
//! [`#[measure]`](macro@measure) on a function, a method or an `impl` block counts the calls by how they end, measures
//! their durations, and counts the calls in flight. [`calls`] lists the exported families.
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
//! # Values that are read
//!
//! The length of a queue, the size of a pool or the processor time of a process is kept by something else. It is read
//! when a scrape or a test asks for it. An [`Observed`] is such a measure: [`#[measure]`](macro@measure) gives it the
//! function that reads it, and [`Observed::observe`] and [`observe()`] add further ones while the program runs.
//!
//! ```standalone_crate
//! use std::time::Duration;
//!
//! use census::{Observed, TagKey, measure, tag, tags, view};
//!
//! # #[tag]
//! # static POOL: TagKey;
//! # fn cpu_time() -> Duration { Duration::from_secs(2) }
//! # fn pools() -> [(&'static str, u64); 1] { [("main", 3)] }
//! /// Connections, by pool.
//! #[measure]
//! static POOL_SIZE: Observed<u64> = |seen| {
//!     for (name, size) in pools() {
//!         seen.record(size, tags!(POOL = name));
//!     }
//! };
//!
//! /// Processor time used.
//! #[measure(total)]
//! static CPU: Observed<Duration> = cpu_time;
//!
//! view! {
//!     static POOL_CONNECTIONS: Sum<POOL_SIZE> by (POOL);
//!     static CPU_SECONDS: Sum<CPU>;
//! }
//! assert!(POOL_CONNECTIONS.data().get(&tags!(POOL = "main")).is_some_and(|sum| *sum == 3));
//! assert!(CPU_SECONDS.data().get(&tags!()).is_some_and(|sum| *sum == Duration::from_secs(2)));
//! ```
//!
//! # Run time
//!
//! Measures, tag keys and views that a program learns of while it runs are made with [`Measure::builder`],
//! [`Observed::builder`], [`TagKey::new`] and [`View::count`], [`View::sum`], [`View::last_value`] and
//! [`View::distribution`].
//!
//! A library may offer views without registering them, as a [`ViewSet`] of `#[optional]` views. An application registers
//! the set, or gives it to its exporter. [`catalogue`] lists all views of the program, those on offer among them.
//!
//! # Features
//!
//! | feature | for | adds |
//! |---|---|---|
//! | none (default) | a library that declares and records | `linkme`, `foldhash`, `pin-project-lite`, and the macros |
//! | `prometheus` | an application that encodes | `itoa`, `mediatype`, `ryu` |
//! | `fast-clock` (part of `prometheus`) | durations by the processor's counter | `quanta` |
//! | `server` (with `prometheus`) | an application that also serves | `hyper`, `hyper-util`, `tokio`, `socket2` |
//! | `auth` (with `server`) | tokens and passwords for the server | `base64`, `bcrypt`, `getrandom`, `sha2`, `subtle` |
//! | `tls` (with `server`) | HTTPS | `tokio-rustls`, with `ring` |
//! | `rustls` (with `tls`) | a configuration of `rustls` of your own | its types in the interface |
//! | `ipnet` (with `server`) | ranges of addresses that may use the server | `ipnet`, its types in the interface |
//! | `prometheus-client` (with `prometheus`) | registries of `prometheus-client` beside the views | `prometheus-client`, and its types in the interface |
//! | `protobuf` (with `prometheus`) | Prometheus protobuf, where a scraper asks for it | `prost` |
//! | `warp` (with `server`) | the endpoint as a `warp` filter | `warp`, its types in the interface |
//! | `stream` | `with_tags` for streams; `FusedFuture` and `FusedStream` | `futures-core` |
//! | `process` | the families `process_*`: `census::process` | `rustix`, on Linux |
//! | `tokio` (with `prometheus`) | what tokio tells of a runtime: `census::tokio_runtime` | `tokio`, its types in the interface |
//! | `pages` (with `prometheus`) | pages for people (`Exporter::page`): measures, views, rows, histograms | `maud`, `form_urlencoded`, `httpdate`, `serde_json` |
//! | `serde` (part of `pages`) | a [`Catalogue`] that can be serialized | `serde` |
//! | `testing` (with `prometheus`) | tests of metrics: `census::testing` | `strsim` |
//!
//! # Limits
//!
//! - A crate that the program never names in code contributes no declarations, because the linker leaves it out. `use
//!   its_name as _;` names it.
//! - A global allocator must not record.
//! - With `panic = "abort"`, no call ends as `panicked`.
//! - The macros are for crates of edition 2018 and later.
//! - The documentation tests of a crate of edition 2024 are compiled into one program and so have one catalogue. Tests
//!   that declare the same names need `standalone_crate` (three backticks and that word).
//! - Each shared object has a catalogue of its own, if the library is linked into it, as into a `cdylib`. If an executable
//!   has the library from a `dylib`, the linker finds the declarations of the `dylib` only. Measures of the executable
//!   register themselves when they record, and its measured functions have no rows before their first call. The
//!   functions that initialize its observed measures are not called; [`Observed::observe`] works. Its views are
//!   handed over, each in a line: `VIEW.register()?`. Its local tag keys do not reject tags from other processes.
//! - A shared object that has declared something must stay loaded: the catalogue refers to its statics.
//! - Two copies of the library of one minor version are refused by cargo. If another build system links them, the
//!   declarations in statics do not count before they register themselves (a view by `VIEW.register()?`), and [`check`] says
//!   so. The library notices the copies by a panic that it catches, so with `panic = "abort"` such a program ends.
//! - A signal handler must not record. It may have interrupted its thread while that was recording or allocating memory:
//!   then it may hang, or corrupt the heap. It may set a flag, or add to an atomic number of its own.
//! - A measured future that is forgotten (`mem::forget`) after its first poll stays in flight: nothing tells that it ended.
//!   What a forgotten [`Held`] holds stays, too.
//! - A reading of an observed measure that never returns keeps one thread of the library's. While four readings or more do
//!   not return, of the others that the deadline left no time for one is tried every ten seconds, so that a hundred
//!   readings that wait for one lock do not become a hundred threads at once.
//! - What an observation says for an overflow row of a total is a sum of many totals. If one of these begins anew, the
//!   overflow row misses what that one counts until the sum is where it was before.
//! - What a total has counted since it was last read is lost when its observation is dropped.
//! - A collector of the user's registry that hangs keeps one thread of the library's. Every scrape of that exporter is
//!   answered with 503 until it returns, because in an exposition without some families their series would end.
//! - A thread that the system stops after it has found its row, and before it writes to it, may lose this one measurement if
//!   meanwhile the row leaves because it is idle.
//! - The words of a removed row are freed with those of some rows that were added at about the same time: of up to 32, in
//!   views with `idle` of up to 8. A thread frees its own ones when it next records a measurement that is not in its cache,
//!   or whose tags are not all literals or enums, or when it ends.
//! - A server has no bound on the connections of one address. Clients that begin more than 250 requests in a second and
//!   keep their connections can push out a scrape whose rendering takes longer than a quarter of a second. A firewall or
//!   a proxy keeps such clients away.
#![cfg_attr(feature = "testing", doc = include_str!("../docs/testing.md"))]
#![doc = include_str!("../docs/lints.md")]
#![doc = include_str!("../docs/opencensus.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// In the order in which they may refer to each other: each module uses only those before it. ARCHITECTURE.md has the
// exceptions, and `tests/tests/architecture` checks the order.
mod id;
mod not_a_future;
mod panics;
mod sync;

mod declare;

mod tags;

pub mod calls;

#[cfg(feature = "process")]
pub mod process;

#[cfg(feature = "tokio")]
pub mod tokio_runtime;

mod aggregate;

mod register;

mod record;

mod observe;

mod collect;

#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "pages")]
mod pages;

#[cfg(feature = "prometheus")]
pub mod prometheus;

#[cfg(feature = "server")]
mod server;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use aggregate::{
    Aggregation, DEFAULT_MAX_SERIES, Data, DistributionData, Exemplar, NativeBuckets,
};
pub use census_macros::{TagValue, measure, tag};
pub use collect::{
    Reporter, ReporterHandle, Row, Snapshot, SnapshotView, ViewData, report_every, snapshot,
};
pub use declare::{
    AggregationKind, AnyMeasure, AnyObserved, AnyTagKey, AnyView, BucketBounds, Buckets, ClosedSet,
    Column, Count, DEFAULT_LATENCY_BUCKETS, DistributedMeasure, Distribution, InSet, LastValue,
    Measure, MeasureBuilder, Number, Observed, ObservedBuilder, OpenSet, Origin, Sum, TagKey,
    TimeUnit, Value, ValueKind, ValueSet, View, ViewBuilder, ViewSet, ViewSetIter,
};
pub use not_a_future::NotAFuture;
pub use observe::{AnyReadings, Observation, Readings, observe};
#[cfg(feature = "tokio")]
pub use observe::{ObservedRuntime, observe_runtime};
pub use record::{
    BoundMeasure, ExemplarsFromTwice, Held, LocalMeasure, MeasureMap, Timer, exemplars_from,
};
pub use register::{
    Catalogue, CatalogueColumn, CatalogueError, CatalogueMeasure, CatalogueTagKey, CatalogueView,
    Problem, ProblemKind, ViewState, catalogue, check, set_default_max_series,
};
#[cfg(feature = "stream")]
pub use tags::StreamWithTags;
pub use tags::{
    AsTagValue, DecodeError, DecodeErrorKind, EncodeError, Encoded, Omitted, Scope, TagFilter,
    TagMap, TagMapIter, TagValue, TagValueError, TagValueRef, Tagged, WithTags,
};

/// Declares views: what an application wants to see of the measurements that libraries record.
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
///     /// How long requests take, as a native histogram.
///     static NATIVE_REQUEST_SECONDS: Distribution<LATENCY> by (METHOD) { buckets: native }
///
///     /// Bytes sent.
///     pub(crate) static SENT_BYTES: Sum<BYTES> by (METHOD) { max_series: 100 }
///
///     #[cfg(debug_assertions)]
///     static LARGEST: Distribution<BYTES> { buckets: [1 << 10, 1 << 20], name: "sizes" }
/// }
/// ```
///
/// Each item is `VISIBILITY static NAME: AGGREGATION<MEASURE> by (TAG, …) { OPTIONS }`. Each item has its own
/// attributes, visibility and doc comment, whose first paragraph is the description. Without `by (…)` the view has one
/// row. Without braces the item ends in `;`. A view is registered from the start, unless it has the attribute
/// `#[optional]`.
///
/// # The parts
///
/// | part | type | required | default | example |
/// |---|---|---|---|---|
/// | `#[optional]` | an attribute of the item, without arguments | no | the view is registered from the start | `#[optional]` |
/// | aggregation | [`Count`], [`Sum`], [`LastValue`], [`Distribution`] | yes | | `Count` |
/// | measure | path to a [`Measure`], or to an [`Observed`] (not for a [`Distribution`]) | yes | | `videolib::VIDEO_SIZE` |
/// | columns | paths to [`TagKey`]s, each once | no | none: one row | `by (FRONTEND, CODEC)` |
/// | label of a column | ASCII letters, digits and `_`; other than those of the other columns; not beginning with `__`, nor `le` for a [`Distribution`] | no | the key's name, with `_` for all other characters | `by (RESULT as status)` |
/// | `name` | `&'static str`: 1 to 255 characters of printable ASCII | no | the identifier in lower case | `name: "myorg/views/size"` |
/// | `description` | `&'static str` | no | the doc comment; else the measure's | `description: "Sizes."` |
/// | `buckets` | bounds in the measure's type, finite and increasing, or a [`Buckets`] | of a `Distribution` of anything but durations | [`DEFAULT_LATENCY_BUCKETS`] | `buckets: [0, 16 * MIB]` |
/// | `buckets`, of a native histogram | `native`, with or without the growth factor of successive buckets, an `f64` above 1 ([`Buckets`](Buckets#native-buckets) says which buckets these are) | no | the factor is 1.1 | `buckets: native`, `buckets: native(1.05)` |
/// | `classic`: the buckets beside native ones | as `buckets` with bounds | no | powers of four, for text formats | `classic: [0, 16 * MIB]` |
/// | `max_series`: how many rows, without those with zeros and overflow rows | `usize`, at least 1 | no | the number of [`set_default_max_series`], else [`DEFAULT_MAX_SERIES`] | `max_series: 500` |
/// | `idle`: after which time without a measurement a row leaves ([`ViewBuilder::idle`] says which rows never do) | `Duration`, longer than zero; in a view with columns, of a [`Measure`] | no | rows stay | `idle: Duration::from_mins(10)` |
/// | `namespace` | `true` or `false`: whether an exporter's namespace is put before the name | no | `true` | `namespace: false` |
/// | `zero` | `true` or `false`: whether the rows that are known beforehand are there from the start, with zeros | no | `true` | `zero: false` |
///
/// # Rows with zeros
///
/// A query like `rate(requests_total[5m])` does not see the first increase of a series that was not there before. So a
/// view has rows with zeros from the start, as far as the program knows them: its only row, if it has no columns; a row for
/// each combination of values, if all its columns have [closed sets](TagKey#closed-sets-of-values); and the rows of
/// measured functions, if it also has the columns of [`calls`]. (There is no [`LastValue`] before the first value, and
/// a view of an [`Observed`] has only the rows that are read.)
/// [`Measure::bind`] makes other rows.
///
/// # Optional views
///
/// An `#[optional]` view is declared, and not registered: it has no rows, no scrape shows it, and its measure is not viewed
/// because of it. A program registers it with [`View::register`], registers a [`ViewSet`] that has it, or gives such a set
/// to an exporter (`ExporterBuilder::views`). [`catalogue`] lists it in any case. Its name is free until then: another view
/// that has the name makes the registration fail.
///
/// ```standalone_crate
/// use census::{Measure, ViewSet, measure, view};
/// # #[measure]
/// # static REQUESTS: Measure<u64>;
///
/// view! {
///     /// Requests.
///     #[optional]
///     pub static REQUEST_COUNT: Count<REQUESTS> { name: "http_requests", namespace: false }
/// }
///
/// /// The views that this library offers.
/// pub static VIEWS: ViewSet = ViewSet::new(&[&REQUEST_COUNT]);
///
/// assert!(!REQUEST_COUNT.is_registered());
/// VIEWS.register()?;
/// assert!(REQUEST_COUNT.is_registered());
/// # Ok::<(), census::CatalogueError>(())
/// ```
///
/// # More rows than `max_series`
///
/// A view that has `max_series` rows puts the measurements of further rows into overflow rows. Totals stay right, and
/// `census_overflowed_measurements_total` counts these measurements. In an overflow row, a column with a [closed
/// set](TagKey#closed-sets-of-values) keeps its value, and every other column has the value `_overflow`. The columns
/// [`FUNCTION`](calls::FUNCTION), [`MODULE`](calls::MODULE) and [`RESULT`](calls::RESULT) keep those values that the
/// program declares: the names of measured functions with their modules, and `ok`, `error`, `panicked` and `cancelled`. A
/// result that `result = …` gives is kept if a closed key of the name `result` has it.
///
/// Overflow rows do not count for `max_series`. There are at most as many as the closed columns have combinations of values,
/// where each may also be `_other` or not set, times the measured functions and their results. [`check`] rejects a view
/// where these combinations are more than both `max_series` and [`DEFAULT_MAX_SERIES`]. It also rejects a view whose closed
/// columns make more rows with zeros than its `max_series`.
///
/// An alert sees what the closed columns say, in all rows:
///
/// ```standalone_crate
/// use census::{Measure, TagKey, TagValue, measure, record, tag, tags, view};
///
/// #[derive(TagValue)]
/// enum Outcome {
///     Ok,
///     Error,
/// }
///
/// #[tag]
/// static OUTCOME: TagKey<Outcome>;
/// #[tag]
/// static TENANT: TagKey;
/// #[measure]
/// static REQUESTS: Measure<u64>;
///
/// view! { static TENANT_REQUESTS: Count<REQUESTS> by (TENANT, OUTCOME) { max_series: 2 } }
///
/// record!(REQUESTS = 1, tags(TENANT = "a", OUTCOME = Outcome::Ok));
/// for tenant in ["a", "b", "c"] {
///     record!(REQUESTS = 1, tags(TENANT = tenant, OUTCOME = Outcome::Error));
/// }
/// let overflowed = tags!(TENANT = "_overflow", OUTCOME = Outcome::Error);
/// assert_eq!(TENANT_REQUESTS.data().get(&overflowed), Some(&2));
/// ```
///
/// - `sum by (outcome) (rate(tenant_requests_total{outcome="error"}[5m])) > 0` is an alert on the errors of all tenants,
///   also of those in overflow rows. `sum by (tenant)` shows these as the tenant `_overflow`.
/// - `rate(census_overflowed_measurements_total[5m]) > 0` says that a view needs more rows, or fewer columns.
/// - If what an alert asks for is in a column that is not closed, declare a view of its own for it, without the columns
///   that have no bound.
///
/// # Rows that go
///
/// A row stays as long as its view is registered, also when nothing is recorded to it any more: a counter that disappears
/// looks like a program that has crashed. Where keys go for good, because a tenant leaves or a device is gone, the program
/// [removes](View::remove) their rows, or says in the view after which time a row is `idle`:
///
/// ```standalone_crate
/// use std::time::Duration;
/// use census::{Measure, TagKey, measure, record, tag, tags, view};
///
/// #[tag]
/// static DEVICE: TagKey;
/// #[measure]
/// static MESSAGES: Measure<u64>;
///
/// view! {
///     /// Messages, by device.
///     static DEVICE_MESSAGES: Count<MESSAGES> by (DEVICE) { idle: Duration::from_mins(10), max_series: 500 }
/// }
///
/// record!(MESSAGES = 1, tags(DEVICE = "a"));
/// record!(MESSAGES = 1, tags(DEVICE = "b"));
/// assert!(DEVICE_MESSAGES.remove(&tags!(DEVICE = "a")));
/// assert_eq!(DEVICE_MESSAGES.data().rows.len(), 1);
/// ```
///
/// An idle row leaves at a collection: a scrape, a [`snapshot`], [`View::data`]. Each collection looks at the rows, and a row
/// that was recorded to since the look before counts as recorded to at this look. So a row never leaves earlier than the
/// time of `idle` after its last measurement, and with regular scrapes at most two scrapes later than that. If several things
/// collect, a row may leave at one of them before another has seen its last value: choose a time that is a few times as long as
/// the time between two scrapes. If a view has no room for a new row, it looks before it uses an overflow row. Where nothing
/// collects, that is the first look, and the next one finds the idle rows.
///
/// A [`LastValue`] that is set to the same value again is not idle, nor is a row with an open guard ([`Measure::hold`], calls in
/// flight). A row of [`Measure::bind`] and an overflow row are like any other, and so is a row of a closed column for a value
/// outside of the set, or for a tag that is not set. A key whose measurements went to the overflow row has a row of its own when
/// there is room again.
///
/// A row that has gone does not count for `max_series`. A later measurement of its key begins a new row, at zero. Prometheus
/// notices this if the first value that it scrapes is lower than the last one that it saw; otherwise it sees only the
/// difference. For totals, query a view without the column. `census_removed_rows_total` counts the rows that went, by view and
/// reason.
///
/// # What it generates
///
/// For each item: a `static` of type [`View<AGGREGATION>`](View), and an entry in the program's catalogue.
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
/// As in `log!`, nothing but the places of the measures is evaluated unless one of the measures is viewed. Then everything is evaluated once: first the
/// values of all measures, then the tags, then the labels of the exemplar, each in the order in which they are written.
/// `record!` never panics, unless one of the given expressions does. [`Measure::record`] says which values are rejected.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `MEASURE = value` | a place of type [`Measure<T>`](Measure), and a `T` | at least one, each measure once | | `self.sizes = 7` |
/// | `tags(KEY = value, …)` | [`TagKey`]s and [`AsTagValue`]s; of a [`TagKey<Enum>`](TagKey#closed-sets-of-values) a value of the enum | no | the tags of the scope, which the given tags replace | `tags(FRONTEND = "ios")` |
/// | `exemplar(label = value, …)` | names or string literals, and [`AsTagValue`]s; 128 characters in all | no | that of [`exemplars_from`], if there is one | `exemplar(trace_id = id)` |
///
/// # What it generates
///
/// An expression of type `()`. For each measure it tests whether the measure is viewed, and then calls a function that
/// records the measurement; with an exemplar, one call records all measurements.
#[macro_export]
macro_rules! record {
    ($($input:tt)*) => { $crate::__private::record! { $crate; $($input)* } };
}

/// Holds a value with tags of its own: as [`Measure::hold`], it is added now, and subtracted when the returned guard
/// ([`Held`]) is dropped.
///
/// ```standalone_crate
/// use census::{Measure, TagKey, hold, measure, tag, tags, view};
///
/// #[tag]
/// static LISTENER: TagKey;
/// /// Open connections.
/// #[measure]
/// static CONNECTIONS: Measure<i64>;
/// view! { static OPEN: Sum<CONNECTIONS> by (LISTENER); }
///
/// let listener = "public";
/// let open = hold!(CONNECTIONS = 1, tags(LISTENER = listener));
/// assert!(OPEN.data().get(&tags!(LISTENER = "public")).is_some_and(|open| *open == 1));
/// drop(open);
/// assert!(OPEN.data().get(&tags!(LISTENER = "public")).is_some_and(|open| *open == 0));
/// ```
///
/// The value and the tags are evaluated once, also if no view uses the measure.
///
/// # Arguments
///
/// | argument | type | required | default | example |
/// |---|---|---|---|---|
/// | `MEASURE = value` | a place of type [`Measure<i64>`](Measure), and an `i64` | yes | | `CONNECTIONS = 1` |
/// | `tags(KEY = value, …)` | as those of [`record!`] | no | the tags of the scope, which the given tags replace | `tags(LISTENER = "public")` |
///
/// # What it generates
///
/// An expression of type [`Held`].
#[macro_export]
macro_rules! hold {
    ($($input:tt)*) => { $crate::__private::hold! { $crate; $($input)* } };
}

/// Makes a [`TagMap`]: the current tags, in which the given tags are added or replaced.
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
/// | `KEY = value` | a place of type [`TagKey`], and an [`AsTagValue`] (of a [`TagKey<Enum>`](TagKey#closed-sets-of-values) a value of the enum), any number of them, each key once | no | the tags that are current | `FRONTEND = "ios"` |
///
/// A value longer than 255 bytes is truncated at a character boundary. `None` leaves the key as it is.
///
/// # What to do with it
///
/// The tags are current only where they are made so: for code that is not `async` by [`scope`](TagMap::scope) or
/// [`enter`](TagMap::enter), for a future, and so for a task, by [`with_tags`](WithTags::with_tags). A new task or thread
/// begins without tags.
///
/// ```
/// use census::{TagKey, TagMap, WithTags as _, tag, tags};
///
/// #[tag]
/// static ROUTE: TagKey;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let found = async { TagMap::current() }.with_tags(tags!(ROUTE = "/")).await;
/// assert_eq!(found, tags!(ROUTE = "/"));
/// # }
/// ```
///
/// # What it generates
///
/// An expression of type [`TagMap`].
#[macro_export]
macro_rules! tags {
    ($($input:tt)*) => { $crate::__private::tags! { $crate; $($input)* } };
}

/// Compiles the code of the README.
#[cfg(all(doctest, feature = "prometheus-client", feature = "warp"))]
#[doc = include_str!("../../README.md")]
struct Readme;

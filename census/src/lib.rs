//! Metrics by declaration: a library declares *measures* and *tags*, an application declares *views*.
//!
//! The modules follow the data's way, and read best in this order: declare, register, record (with the tags),
//! aggregate, collect, encode, serve.

/// How many rows a view keeps that does not say: 2,000.
pub const DEFAULT_MAX_SERIES: usize = 2_000;

mod aggregate;
mod collect;
mod declare;
#[cfg(feature = "prometheus")]
pub mod prometheus;
mod record;
mod register;
#[cfg(feature = "server")]
mod server;
mod tags;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use census_macros::{TagValue, measure, tag};
pub use collect::{
    Data, DistributionData, Exemplar, Row, Snapshot, SnapshotView, ViewData, snapshot,
};
pub use declare::{
    Aggregation, Count, DEFAULT_LATENCY_BUCKETS, Distribution, LastValue, Measure, Number, Origin,
    Sum, TagKey, TimeUnit, Value, View,
};
pub use record::{BoundMeasure, Measurements, Timer};
pub use register::{CatalogueError, MeasureBuilder, Problem, ProblemKind, ViewBuilder, check};
pub use tags::{AsTagValue, InvalidTagValue, Scope, TagMap, TagStr, TagValue};

/// Declares views.
#[macro_export]
macro_rules! view {
    ($($input:tt)*) => { $crate::__private::view! { $crate; $($input)* } };
}

/// Records measurements.
#[macro_export]
macro_rules! record {
    ($($input:tt)*) => { $crate::__private::record! { $crate; $($input)* } };
}

/// Makes a set of tags.
#[macro_export]
macro_rules! tags {
    ($($input:tt)*) => { $crate::__private::tags! { $crate; $($input)* } };
}

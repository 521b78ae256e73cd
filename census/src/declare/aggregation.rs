//! The aggregations that a view can have.
//!
//! A new aggregation begins here, with its marker and its kind. Everything else about an aggregation is in a file of
//! its own under `aggregate/`.

use super::{Bounds, NativeSpec};

/// Counts the measurements, whatever their values. Exported as a counter; of an [`Observed`](crate::Observed),
/// as a gauge.
#[derive(Clone, Copy, Debug)]
pub enum Count {}

/// Adds up the values. Exported as a counter where the measure cannot be negative (`u64`, `Duration`), else as a gauge.
/// A sum of integers wraps around. Of an [`Observed`](crate::Observed) it is a gauge, and of a total a counter.
#[derive(Clone, Copy, Debug)]
pub enum Sum {}

/// Keeps the newest value. Exported as a gauge; a row appears with its first value. There is none of a
/// [total](crate::Observed#totals).
#[derive(Clone, Copy, Debug)]
pub enum LastValue {}

/// Counts the values by buckets. Exported as a histogram. There is none of an [`Observed`](crate::Observed).
///
/// A value equal to a bound belongs to the bucket below, as Prometheus's `le` says (OpenCensus: above).
#[derive(Clone, Copy, Debug)]
pub enum Distribution {}

/// Which aggregation a view has, without its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum AggregationKind {
    /// [`Count`]
    Count,
    /// [`Sum`]
    Sum,
    /// [`LastValue`]
    LastValue,
    /// [`Distribution`]
    Distribution,
}

/// Which aggregation a view has, with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AggregationSpec {
    pub(crate) kind: AggregationKind,
    /// The bounds of the buckets; none for an aggregation without buckets.
    pub(crate) bounds: Option<Bounds>,
    /// The native buckets of a distribution, if it has some. The bounds are then those of the classic buckets, given or
    /// derived.
    pub(crate) native: Option<NativeSpec>,
}

impl AggregationSpec {
    pub(crate) const fn without_options(kind: AggregationKind) -> Self {
        Self {
            kind,
            bounds: None,
            native: None,
        }
    }
}

//! The exported part of a row, and the type of a family.

use super::NativeBuckets;
use crate::declare::Number;

/// The exported part of a row's data. Nothing is copied for it.
#[cfg_attr(
    not(feature = "prometheus"),
    expect(dead_code, reason = "only an exporter reads it")
)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sample<'a> {
    /// One value.
    Value(Number),
    /// The sum of the values, and how many values each bucket has.
    Histogram {
        sum: Number,
        buckets: &'a [u64],
        /// The native buckets, if the view has some. They have as many values as the others.
        #[cfg_attr(
            not(feature = "protobuf"),
            expect(dead_code, reason = "text formats have no native buckets")
        )]
        native: Option<&'a NativeBuckets>,
    },
}

/// The type of a family of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricType {
    /// One value that never falls.
    Counter,
    /// One value.
    Gauge,
    /// Counts of values by buckets, and the sum of the values.
    Histogram,
}

//! The four aggregations.

use super::Bounds;
use crate::aggregate::{Data, DistributionData};
use crate::declare::Number;

/// How a view sums up measurements: [`Count`], [`Sum`], [`LastValue`] or [`Distribution`].
pub trait Aggregation: sealed::Sealed + 'static {
    /// What a row of such a view holds.
    type Data: Clone + std::fmt::Debug + PartialEq;

    #[doc(hidden)]
    fn data(data: Data) -> Option<Self::Data>;
}

/// How many measurements there were, whatever their values. Exported as a counter.
#[derive(Clone, Copy, Debug)]
pub enum Count {}

/// The sum of the values. Exported as a counter where the measure cannot be negative (`u64`, `Duration`), else as a
/// gauge. A sum of integers wraps around.
#[derive(Clone, Copy, Debug)]
pub enum Sum {}

/// The newest value. Exported as a gauge; a row appears with its first value.
#[derive(Clone, Copy, Debug)]
pub enum LastValue {}

/// How the values are distributed over buckets. Exported as a histogram.
///
/// A value equal to a bound belongs to the bucket below, as Prometheus's `le` says (OpenCensus: above).
#[derive(Clone, Copy, Debug)]
pub enum Distribution {}

/// Which of the four, without its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AggregationKind {
    Count,
    Sum,
    LastValue,
    Distribution,
}

/// Which of the four, with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AggregationSpec {
    Count,
    Sum,
    LastValue,
    Distribution(Bounds),
}

impl AggregationSpec {
    pub(crate) const fn kind(&self) -> AggregationKind {
        match self {
            Self::Count => AggregationKind::Count,
            Self::Sum => AggregationKind::Sum,
            Self::LastValue => AggregationKind::LastValue,
            Self::Distribution(_) => AggregationKind::Distribution,
        }
    }
}

impl Aggregation for Count {
    type Data = u64;
    fn data(data: Data) -> Option<u64> {
        if let Data::Count(count) = data {
            Some(count)
        } else {
            None
        }
    }
}

impl Aggregation for Sum {
    type Data = Number;
    fn data(data: Data) -> Option<Number> {
        if let Data::Sum(sum) = data {
            Some(sum)
        } else {
            None
        }
    }
}

impl Aggregation for LastValue {
    type Data = Number;
    fn data(data: Data) -> Option<Number> {
        if let Data::LastValue(value) = data {
            Some(value)
        } else {
            None
        }
    }
}

impl Aggregation for Distribution {
    type Data = DistributionData;
    fn data(data: Data) -> Option<DistributionData> {
        if let Data::Distribution(data) = data {
            Some(*data)
        } else {
            None
        }
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Count {}
    impl Sealed for super::Sum {}
    impl Sealed for super::LastValue {}
    impl Sealed for super::Distribution {}
}

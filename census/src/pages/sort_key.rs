//! What the rows of a view are sorted by.

use std::cmp::Ordering;

use super::number::Unit;
use super::quantile;
use crate::aggregate::{Data, DistributionData};
use crate::declare::Number;

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SortBy {
    /// The value of the column with this index.
    Column(usize),
    /// The only value of the row.
    Value,
    /// How many values a distribution has; and so on.
    Count,
    Sum,
    Mean,
    Min,
    Max,
    Deviation,
    Quantile(f64),
}

/// What is compared. All keys of a list are of one kind, or nothing.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey {
    Nothing,
    Integer(i128),
    Float(TotalFloat),
    Text(Box<str>),
}

/// A float with the total order of IEEE 754.
#[derive(Clone, Copy, Debug)]
pub(super) struct TotalFloat(f64);

impl Ord for TotalFloat {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for TotalFloat {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for TotalFloat {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for TotalFloat {}

impl From<Number> for SortKey {
    fn from(number: Number) -> Self {
        match number {
            Number::U64(value) => Self::Integer(value.into()),
            Number::I64(value) => Self::Integer(value.into()),
            Number::F64(value) => Self::Float(TotalFloat(value)),
            Number::Duration(value) => {
                Self::Integer(i128::try_from(value.as_nanos()).unwrap_or(i128::MAX))
            }
        }
    }
}

/// The key of a row.
pub(super) fn sort_key<'v>(
    by: SortBy,
    mut values: impl Iterator<Item = &'v str>,
    data: &Data,
    unit: Unit<'_>,
) -> SortKey {
    if let SortBy::Column(index) = by {
        return SortKey::Text(values.nth(index).unwrap_or_default().into());
    }
    match data {
        Data::Count(count) => SortKey::Integer((*count).into()),
        Data::Sum(number) | Data::LastValue(number) => (*number).into(),
        Data::Distribution(data) => distribution_key(by, data, unit),
    }
}

fn distribution_key(by: SortBy, data: &DistributionData, unit: Unit<'_>) -> SortKey {
    let float = |value: Option<f64>| {
        value.map_or(SortKey::Nothing, |value| SortKey::Float(TotalFloat(value)))
    };
    let number = |number: Option<Number>| number.map_or(SortKey::Nothing, SortKey::from);
    match by {
        SortBy::Mean => float((data.count > 0).then_some(data.mean)),
        SortBy::Min => number(data.min),
        SortBy::Max => number(data.max),
        SortBy::Sum => number(Some(data.sum)),
        SortBy::Deviation => float(Some(data.variance())),
        SortBy::Quantile(part) => float(quantile::estimate(data, part, unit)),
        SortBy::Count | SortBy::Value | SortBy::Column(_) => SortKey::Integer(data.count.into()),
    }
}

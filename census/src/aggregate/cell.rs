//! What a row holds, one variant for each aggregation.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::ExemplarLabels;
use super::distribution::DistributionCell;
use super::float::AtomicF64;
use crate::collect::Data;
use crate::declare::{AggregationSpec, Kind, MeasureDescriptor};

/// A row's data.
#[derive(Debug)]
pub(crate) enum Cell {
    Count(AtomicU64),
    Sum(SumCell),
    LastValue(LastValueCell),
    /// Boxed, because it is several times as large as the others.
    Distribution(Box<DistributionCell>),
}

impl Cell {
    pub(super) fn new(aggregation: &AggregationSpec, kind: Kind) -> Self {
        match aggregation {
            AggregationSpec::Count => Self::Count(AtomicU64::new(0)),
            AggregationSpec::Sum => Self::Sum(SumCell::new(kind)),
            AggregationSpec::LastValue => Self::LastValue(LastValueCell::default()),
            AggregationSpec::Distribution(bounds) => {
                Self::Distribution(Box::new(DistributionCell::new(bounds, kind)))
            }
        }
    }

    /// Adds a measurement. Neither waits nor allocates (but for a bucket's first exemplar).
    pub(crate) fn record(&self, kind: Kind, bits: u64, exemplar: Option<&ExemplarLabels<'_>>) {
        match self {
            Self::Count(count) => {
                count.fetch_add(1, Ordering::Relaxed);
            }
            Self::Sum(sum) => sum.add(bits),
            Self::LastValue(value) => value.set(bits),
            Self::Distribution(distribution) => distribution.record(kind, bits, exemplar),
        }
    }

    /// What it holds; nothing for a last value that was never set.
    pub(crate) fn data(&self, measure: &MeasureDescriptor) -> Option<Data> {
        Some(match self {
            Self::Count(count) => Data::Count(count.load(Ordering::Relaxed)),
            Self::Sum(sum) => Data::Sum(measure.kind.number(sum.bits())),
            Self::LastValue(value) => Data::LastValue(measure.kind.number(value.get()?)),
            Self::Distribution(distribution) => {
                Data::Distribution(Box::new(distribution.data(measure)))
            }
        })
    }
}

/// A sum of integers (of a duration's nanoseconds too), or of floats.
#[derive(Debug)]
pub(crate) enum SumCell {
    /// Wraps around. Two's complement: the same addition for `u64` and `i64`.
    Integer(AtomicU64),
    Float(AtomicF64),
}

impl SumCell {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::U64 | Kind::I64 | Kind::Duration => Self::Integer(AtomicU64::new(0)),
            Kind::F64 => Self::Float(AtomicF64::new(0.0)),
        }
    }

    pub(super) fn add(&self, bits: u64) {
        match self {
            Self::Integer(sum) => {
                sum.fetch_add(bits, Ordering::Relaxed);
            }
            Self::Float(sum) => sum.add(f64::from_bits(bits)),
        }
    }

    pub(super) fn bits(&self) -> u64 {
        match self {
            Self::Integer(sum) => sum.load(Ordering::Relaxed),
            Self::Float(sum) => sum.load().to_bits(),
        }
    }
}

/// The newest value, and whether there is one.
#[derive(Debug, Default)]
pub(crate) struct LastValueCell {
    bits: AtomicU64,
    set: AtomicBool,
}

impl LastValueCell {
    fn set(&self, bits: u64) {
        self.bits.store(bits, Ordering::Relaxed);
        // Pairs with the Acquire in `get`: who sees the flag sees a value, this one or a newer one.
        self.set.store(true, Ordering::Release);
    }

    fn get(&self) -> Option<u64> {
        self.set
            .load(Ordering::Acquire)
            .then(|| self.bits.load(Ordering::Relaxed))
    }
}

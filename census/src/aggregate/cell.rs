//! What a row holds, one variant for each aggregation.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::distribution::DistributionCell;
use super::float::AtomicF64;
use super::{Data, ExemplarLabels};
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

/// A sum of integers, of a duration's nanoseconds, or of floats.
#[derive(Debug)]
pub(crate) enum SumCell {
    /// Wraps around. Two's complement: the same addition for `u64` and `i64`.
    Integer(AtomicU64),
    /// Ends at 584 years: it is exported as a counter, and must not fall.
    Nanoseconds(AtomicU64),
    /// Ends at the largest float: infinity would never be left again.
    Float(AtomicF64),
}

/// 36 days: even 32,768 threads that add as much at once do not get from half way to the end.
const FAR_FROM_THE_END: u64 = u64::MAX >> 16;

impl SumCell {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::U64 | Kind::I64 => Self::Integer(AtomicU64::new(0)),
            Kind::Duration => Self::Nanoseconds(AtomicU64::new(0)),
            Kind::F64 => Self::Float(AtomicF64::new(0.0)),
        }
    }

    pub(super) fn add(&self, bits: u64) {
        match self {
            Self::Integer(sum) => {
                sum.fetch_add(bits, Ordering::Relaxed);
            }
            Self::Nanoseconds(sum) => {
                if bits < FAR_FROM_THE_END && sum.load(Ordering::Relaxed) < u64::MAX / 2 {
                    sum.fetch_add(bits, Ordering::Relaxed);
                } else {
                    let add = |sum: u64| Some(sum.saturating_add(bits));
                    let _ = sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
                }
            }
            Self::Float(sum) => sum.add(f64::from_bits(bits)),
        }
    }

    pub(super) fn bits(&self) -> u64 {
        match self {
            Self::Integer(sum) | Self::Nanoseconds(sum) => sum.load(Ordering::Relaxed),
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

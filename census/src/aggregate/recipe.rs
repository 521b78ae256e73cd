//! What a view does with a measurement.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::distribution::{self, HEADER};
use super::exemplar::Exemplars;
use super::layout::Layout;
use super::write::Writer;
use super::{Data, sum};
#[cfg(feature = "prometheus")]
use crate::declare::Number;
use crate::declare::{AggregationSpec, Bounds, MeasureDescriptor, Value, ValueKind, ViewSpec};

/// How the rows of a view are written and read.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// The view's: no other has it, or had it.
    pub(super) number: u64,
    pub(super) op: Op,
    pub(super) kind: ValueKind,
    pub(super) bounds: Bounds,
    /// How many words a row has.
    pub(super) words: usize,
    /// Where the rows lie.
    pub(super) layout: Layout,
    pub(super) exemplars: Exemplars,
    /// Whether a float below zero was added to a sum, so that it may fall.
    negative: AtomicBool,
}

/// What a measurement does to a row's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Count,
    Sum,
    /// The value, and whether there is one. There is but one such row for all threads: the newest value cannot be told
    /// from several.
    LastValue,
    Distribution,
}

impl Recipe {
    pub(super) fn new(spec: &ViewSpec) -> Self {
        let kind = spec.measure.descriptor.kind;
        let none = || Bounds::none(kind);
        match &spec.aggregation {
            AggregationSpec::Count => Self::of(kind, Op::Count, none()),
            AggregationSpec::Sum => Self::of(kind, Op::Sum, none()),
            AggregationSpec::LastValue => Self::of(kind, Op::LastValue, none()),
            AggregationSpec::Distribution(bounds) => {
                Self::of(kind, Op::Distribution, bounds.clone())
            }
        }
    }

    pub(super) fn of(kind: ValueKind, op: Op, bounds: Bounds) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let words = match op {
            Op::Count | Op::Sum => 1,
            Op::LastValue => 2,
            Op::Distribution => HEADER + bounds.buckets(),
        };
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            op,
            kind,
            bounds,
            words,
            layout: Layout::new(words),
            exemplars: Exemplars::default(),
            negative: AtomicBool::new(false),
        }
    }

    /// How many words a chunk has.
    pub(super) fn words_of_a_chunk(&self, number: usize) -> usize {
        self.layout.rows_of(number).len() * self.words
    }

    /// What adds a measurement to a row's words, compiled for this operation and the measure's type. It neither waits
    /// nor allocates.
    pub(super) fn recorder<W: Writer>(&self) -> Recorder {
        match (self.op, self.kind) {
            (Op::Count, _) => record_count::<W>,
            (Op::LastValue, _) => record_last_value,
            (Op::Sum, ValueKind::U64) => record_sum::<W, u64>,
            (Op::Sum, ValueKind::I64) => record_sum::<W, i64>,
            (Op::Sum, ValueKind::F64) => record_sum::<W, f64>,
            (Op::Sum, ValueKind::Duration) => record_sum::<W, Duration>,
            (Op::Distribution, ValueKind::U64) => distribution::record::<W, u64>,
            (Op::Distribution, ValueKind::I64) => distribution::record::<W, i64>,
            (Op::Distribution, ValueKind::F64) => distribution::record::<W, f64>,
            (Op::Distribution, ValueKind::Duration) => distribution::record::<W, Duration>,
        }
    }

    /// Whether this is about sums of floats, which are rounded in another way when they are added in another order.
    pub(super) fn rounds(&self) -> bool {
        self.kind == ValueKind::F64 && matches!(self.op, Op::Sum | Op::Distribution)
    }

    /// Whether a row's sum may only rise: no value was below zero.
    pub(super) fn may_only_rise(&self, reading: &Reading) -> bool {
        match reading {
            Reading::Sum(_) => !self.negative.load(Ordering::Relaxed),
            Reading::Distribution(totals) => !totals.is_negative(self.kind),
            Reading::Count(_) | Reading::LastValue(_) => false,
        }
    }

    /// Adds what some words hold to others.
    pub(super) fn fold<W: Writer>(&self, from: &[AtomicU64], into: &[AtomicU64]) {
        match (self.op, from, into) {
            (Op::Count, [from, ..], [into, ..]) => W::add(into, sum::load(from)),
            (Op::Sum, [from, ..], [into, ..]) => sum::add::<W>(self.kind, into, sum::load(from)),
            (Op::Distribution, from, into) => distribution::fold::<W>(self, from, into),
            // Nobody has words of his own for it.
            _ => {}
        }
    }
}

/// Adds a measurement, given as bits, to a row's words.
pub(super) type Recorder = fn(&Recipe, &[AtomicU64], u64);

fn record_count<W: Writer>(_: &Recipe, words: &[AtomicU64], _: u64) {
    if let [count, ..] = words {
        W::add(count, 1);
    }
}

fn record_sum<W: Writer, T: Value>(recipe: &Recipe, words: &[AtomicU64], bits: u64) {
    if let [sum, ..] = words {
        sum::add::<W>(T::KIND, sum, bits);
        if T::KIND == ValueKind::F64 && bits.cast_signed() < 0 {
            recipe.negative.store(true, Ordering::Relaxed);
        }
    }
}

/// Everybody's words, and a plain store: the newest value wins.
fn record_last_value(_: &Recipe, words: &[AtomicU64], bits: u64) {
    if let [value, set, ..] = words {
        value.store(bits, Ordering::Relaxed);
        // Pairs with the Acquire in `Reading`: who sees the flag sees a value, this one or a newer one.
        set.store(1, Ordering::Release);
    }
}

/// What a row holds, added up from the words of several threads. It is used again for the next rows.
pub(super) enum Reading {
    Count(u64),
    Sum(u64),
    LastValue(Option<u64>),
    Distribution(distribution::Totals),
}

impl Reading {
    pub(super) fn new(recipe: &Recipe) -> Self {
        match recipe.op {
            Op::Count => Self::Count(0),
            Op::Sum => Self::Sum(0),
            Op::LastValue => Self::LastValue(None),
            Op::Distribution => {
                Self::Distribution(distribution::Totals::new(recipe.bounds.buckets()))
            }
        }
    }

    /// Forgets what was added.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Count(total) | Self::Sum(total) => *total = 0,
            Self::LastValue(last) => *last = None,
            Self::Distribution(totals) => totals.reset(),
        }
    }

    /// Adds what some words hold.
    #[inline]
    pub(super) fn add(&mut self, kind: ValueKind, words: &[AtomicU64]) {
        match (self, words) {
            (Self::Count(total), [count, ..]) => *total = total.wrapping_add(sum::load(count)),
            (Self::Sum(total), [part, ..]) => *total = sum::plus(kind, *total, sum::load(part)),
            (Self::LastValue(last), [value, set, ..]) if set.load(Ordering::Acquire) != 0 => {
                *last = Some(value.load(Ordering::Relaxed));
            }
            (Self::Distribution(totals), words) => totals.add(kind, words),
            _ => {}
        }
    }

    /// Has a sum of floats be no less than before; what it is now.
    pub(super) fn raise_sum(&mut self, before: f64) -> f64 {
        match self {
            Self::Sum(sum) => {
                let raised = f64::from_bits(*sum).max(before);
                *sum = raised.to_bits();
                raised
            }
            Self::Distribution(totals) => totals.raise_sum(before),
            Self::Count(_) | Self::LastValue(_) => before,
        }
    }

    /// As plain data; nothing for a last value that was never set.
    pub(super) fn data(&self, recipe: &Recipe, measure: &MeasureDescriptor) -> Option<Data> {
        let number = |bits| recipe.kind.number(bits);
        Some(match self {
            Self::Count(count) => Data::Count(*count),
            Self::Sum(sum) => Data::Sum(number(*sum)),
            Self::LastValue(value) => Data::LastValue(number((*value)?)),
            Self::Distribution(totals) => {
                Data::Distribution(Box::new(totals.data(recipe, measure)))
            }
        })
    }

    /// What is exported of it; nothing for a last value that was never set.
    #[cfg(feature = "prometheus")]
    pub(super) fn sample(&self, recipe: &Recipe) -> Option<Sample<'_>> {
        let number = |bits| recipe.kind.number(bits);
        Some(match self {
            Self::Count(count) => Sample::Value(Number::U64(*count)),
            Self::Sum(sum) => Sample::Value(number(*sum)),
            Self::LastValue(value) => Sample::Value(number((*value)?)),
            Self::Distribution(totals) => Sample::Histogram {
                sum: number(totals.sum()),
                buckets: totals.buckets(),
            },
        })
    }
}

/// What is exported of a row: less than its data, and nothing is copied.
#[cfg(feature = "prometheus")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sample<'a> {
    /// Of anything but a distribution.
    Value(Number),
    /// Of a distribution: its sum, and how many values each bucket has.
    Histogram { sum: Number, buckets: &'a [u64] },
}

//! A distribution's words: sum, what the deviations are computed from, extremes, and a count for each bucket.

mod parts;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering, fence};

use self::parts::{Parts, float};
use super::moments::Moments;
use super::recipe::Recipe;
use super::write::{Writer, add_float};
use super::{DistributionData, sum};
use crate::declare::{MeasureDescriptor, Value, ValueKind, order};

/// How often words are read again that changed while they were read.
const TRIES: usize = 3;

/// How many words come before the buckets.
pub(super) const HEADER: usize = 8;

/// Adds a value of type `T`.
pub(super) fn record<W: Writer, T: Value>(recipe: &Recipe, words: &[AtomicU64], bits: u64) {
    let Some(parts) = Parts::new(words) else {
        return;
    };
    if !(W::ALONE && parts.is_usual(bits)) {
        return record_any::<W, T>(recipe, words, bits);
    }
    let kind = T::KIND;
    let value = kind.to_f64_below_2_63(bits);
    let Some(bucket) = recipe.bounds.bucket_below_2_63(bits, value) else {
        return record_any::<W, T>(recipe, words, bits);
    };
    // As `record_any` does, but what cannot happen is left out.
    let deviation = value - float(parts.shift);
    let add = |word, more: f64| W::update(word, |sum| (f64::from_bits(sum) + more).to_bits());
    match kind {
        ValueKind::F64 => add(parts.sum, value),
        ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => {
            sum::add::<W>(kind, parts.sum, bits);
        }
    }
    add(parts.shifted_sum, deviation);
    add(parts.shifted_squares, deviation * deviation);
    parts.count::<W>(bucket);
}

/// The same, whatever the value is, and whoever writes.
#[inline(never)]
fn record_any<W: Writer, T: Value>(recipe: &Recipe, words: &[AtomicU64], bits: u64) {
    let Some(parts) = Parts::new(words) else {
        return;
    };
    let kind = T::KIND;
    let value = kind.to_f64(bits);
    let key = order::to_sort_key(kind, bits);
    let bucket = recipe.bounds.bucket_of(key);
    let deviation = value - parts.shift_or(value);
    sum::add::<W>(kind, parts.sum, bits);
    W::update(parts.shifted_sum, |sum| {
        (f64::from_bits(sum) + deviation).to_bits()
    });
    add_float::<W>(parts.shifted_squares, deviation * deviation);
    let extreme = raise::<W>(parts.greatest, key) | raise::<W>(parts.least, !key);
    if W::ALONE && extreme {
        parts.widen(kind);
    }
    parts.count::<W>(bucket);
}

/// Has a word be no less than `key`. Whether it was.
#[inline]
fn raise<W: Writer>(word: &AtomicU64, key: u64) -> bool {
    let raises = key > word.load(Ordering::Relaxed);
    if raises {
        W::raise(word, key);
    }
    raises
}

/// Adds what some words hold to others.
pub(super) fn fold<W: Writer>(recipe: &Recipe, from: &[AtomicU64], into: &[AtomicU64]) {
    let (Some(from), Some(into)) = (Parts::new(from), Parts::new(into)) else {
        return;
    };
    let mut totals = Totals::new(from.buckets.len());
    totals.read(&from);
    if totals.moments.count == 0 {
        return;
    }
    let kind = recipe.kind;
    sum::add::<W>(kind, into.sum, totals.sum);
    let shift = into.shift_or(totals.moments.shift);
    let moments = totals.moments.shifted_to(shift);
    add_float::<W>(into.shifted_sum, moments.sum);
    add_float::<W>(into.shifted_squares, moments.squares);
    raise::<W>(into.greatest, totals.greatest);
    raise::<W>(into.least, totals.least);
    for (count, into) in totals.buckets.iter().zip(into.buckets) {
        W::add(into, *count);
    }
}

/// What the words of a row hold, of one thread or of several.
#[derive(Debug)]
pub(super) struct Totals {
    sum: u64,
    moments: Moments,
    greatest: u64,
    least: u64,
    buckets: Vec<u64>,
}

impl Totals {
    /// Of no words yet.
    pub(super) fn new(buckets: usize) -> Self {
        Self {
            sum: 0,
            moments: Moments::default(),
            greatest: 0,
            least: 0,
            buckets: vec![0; buckets],
        }
    }

    /// Forgets what was added.
    pub(super) fn reset(&mut self) {
        (self.sum, self.greatest, self.least) = (0, 0, 0);
        self.moments = Moments::default();
        self.buckets.fill(0);
    }

    /// Adds what some words hold.
    pub(super) fn add(&mut self, kind: ValueKind, words: &[AtomicU64]) {
        let Some(parts) = Parts::new(words) else {
            return;
        };
        if self.moments.count == 0 {
            // Not all is zero where a value is being recorded that is not counted yet. A scrape may have shown it.
            let (sum, greatest, least) = (self.sum, self.greatest, self.least);
            self.read(&parts);
            self.sum = sum::plus(kind, sum, self.sum);
            self.greatest = self.greatest.max(greatest);
            self.least = self.least.max(least);
            return;
        }
        let mut read = Self::new(self.buckets.len());
        read.read(&parts);
        self.sum = sum::plus(kind, self.sum, read.sum);
        self.moments = self.moments.and(read.moments);
        self.greatest = self.greatest.max(read.greatest);
        self.least = self.least.max(read.least);
        for (sum, count) in self.buckets.iter_mut().zip(read.buckets) {
            *sum += count;
        }
    }

    /// Reads some words alone.
    fn read(&mut self, parts: &Parts<'_>) {
        // Others may record meanwhile. Where they do so all the time, the last try has to do.
        for _ in 0..TRIES {
            self.read_once(parts);
            // The counts are looked at again after everything else was read.
            fence(Ordering::Acquire);
            let counts = parts.buckets.iter().map(|it| it.load(Ordering::Relaxed));
            if counts.sum::<u64>() == self.moments.count {
                break;
            }
        }
    }

    fn read_once(&mut self, parts: &Parts<'_>) {
        // Pairs with the Release in `count`. First of all: what is counted is in the sums.
        let mut counted = 0;
        for (read, count) in self.buckets.iter_mut().zip(parts.buckets) {
            *read = count.load(Ordering::Acquire);
            counted += *read;
        }
        self.sum = sum::load(parts.sum);
        self.moments = Moments {
            count: counted,
            shift: float(parts.shift),
            sum: float(parts.shifted_sum),
            squares: float(parts.shifted_squares),
        };
        self.greatest = parts.greatest.load(Ordering::Relaxed);
        self.least = parts.least.load(Ordering::Relaxed);
    }

    /// The sum of the values, in their common form.
    #[cfg(feature = "prometheus")]
    pub(super) fn sum(&self) -> u64 {
        self.sum
    }

    /// How many values each bucket has.
    #[cfg(feature = "prometheus")]
    pub(super) fn buckets(&self) -> &[u64] {
        &self.buckets
    }

    pub(super) fn data(&self, recipe: &Recipe, measure: &MeasureDescriptor) -> DistributionData {
        let kind = recipe.kind;
        let count = self.moments.count;
        let unit = match kind {
            ValueKind::Duration => measure.time_unit().nanoseconds(),
            ValueKind::U64 | ValueKind::I64 | ValueKind::F64 => 1.0,
        };
        let bits = |key| order::from_sort_key(kind, key);
        let (min, max) = (bits(!self.least), bits(self.greatest));
        let (mean, deviations) = self.moments.mean_and_deviations(
            kind.to_f64(min),
            kind.to_f64(max),
            kind.to_f64(self.sum),
        );
        DistributionData {
            count,
            sum: kind.number(self.sum),
            mean: mean / unit,
            sum_of_squared_deviations: deviations / (unit * unit),
            min: (count > 0).then(|| kind.number(min)),
            max: (count > 0).then(|| kind.number(max)),
            bounds: recipe.bounds.numbers(),
            bucket_counts: self.buckets.clone(),
            exemplars: Vec::new(),
        }
    }

    /// Whether there was a value below zero.
    pub(super) fn is_negative(&self, kind: ValueKind) -> bool {
        self.moments.count > 0 && kind.to_f64(order::from_sort_key(kind, !self.least)) < 0.0
    }

    /// Has the sum be no less than `sum`.
    pub(super) fn raise_sum(&mut self, sum: f64) -> f64 {
        let raised = f64::from_bits(self.sum).max(sum);
        self.sum = raised.to_bits();
        raised
    }
}

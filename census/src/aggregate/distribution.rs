//! A distribution's words: sum, what the deviations are computed from, extremes, and a count for each bucket.

use std::sync::atomic::{AtomicU64, Ordering, fence};

use super::moments::Moments;
use super::recipe::Recipe;
use super::write::{Writer, add_float};
use super::{DistributionData, sum};
use crate::declare::{Kind, MeasureDescriptor, Value, order};

/// How often words are read again that changed while they were read.
const TRIES: usize = 3;

/// How many words come before the buckets.
pub(super) const HEADER: usize = 6;

/// The words of a row, by name. All are zero at first.
struct Parts<'a> {
    sum: &'a AtomicU64,
    /// See [`Moments`]. Set once, by the first value; that of the value zero is `-0.0`, whose bits are not zero.
    shift: &'a AtomicU64,
    shifted_sum: &'a AtomicU64,
    shifted_squares: &'a AtomicU64,
    /// The greatest value's key (see [`order`]).
    greatest: &'a AtomicU64,
    /// The complement of the least value's key: greater for lesser values.
    least: &'a AtomicU64,
    buckets: &'a [AtomicU64],
}

impl<'a> Parts<'a> {
    #[inline]
    fn new(words: &'a [AtomicU64]) -> Option<Self> {
        let [
            sum,
            shift,
            shifted_sum,
            shifted_squares,
            greatest,
            least,
            buckets @ ..,
        ] = words
        else {
            return None;
        };
        Some(Self {
            sum,
            shift,
            shifted_sum,
            shifted_squares,
            greatest,
            least,
            buckets,
        })
    }

    /// The shift; if there is none yet, it is `first` from now on.
    #[inline]
    fn shift_or(&self, first: f64) -> f64 {
        match self.shift.load(Ordering::Relaxed) {
            0 => self.set_shift(first),
            bits => f64::from_bits(bits),
        }
    }

    /// Sets the shift, unless another thread has done so in this moment. All count from the same one.
    #[cold]
    fn set_shift(&self, first: f64) -> f64 {
        let first = if first == 0.0 { -0.0 } else { first };
        let set =
            self.shift
                .compare_exchange(0, first.to_bits(), Ordering::Relaxed, Ordering::Relaxed);
        set.map_or_else(f64::from_bits, |_| first)
    }
}

/// Adds a value of type `T`.
pub(super) fn record<W: Writer, T: Value>(recipe: &Recipe, words: &[AtomicU64], bits: u64) {
    let Some(parts) = Parts::new(words) else {
        return;
    };
    let kind = T::KIND;
    let value = kind.float(bits);
    let key = order::key(kind, bits);
    let bucket = recipe.bounds.bucket_of(key);
    let deviation = value - parts.shift_or(value);
    sum::add::<W>(kind, parts.sum, bits);
    W::update(parts.shifted_sum, |sum| {
        (f64::from_bits(sum) + deviation).to_bits()
    });
    add_float::<W>(parts.shifted_squares, deviation * deviation);
    raise::<W>(parts.greatest, key);
    raise::<W>(parts.least, !key);
    // Last: a scrape that sees the count sees the value in the sum, so a sum that is read is never behind its count.
    if let Some(count) = parts.buckets.get(bucket) {
        W::count(count);
    }
}

fn float(word: &AtomicU64) -> f64 {
    f64::from_bits(word.load(Ordering::Relaxed))
}

#[inline]
fn raise<W: Writer>(word: &AtomicU64, key: u64) {
    if key > word.load(Ordering::Relaxed) {
        W::raise(word, key);
    }
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
    pub(super) fn add(&mut self, kind: Kind, words: &[AtomicU64]) {
        let Some(parts) = Parts::new(words) else {
            return;
        };
        if self.moments.count == 0 {
            self.read(&parts);
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
            Kind::Duration => measure.time_unit().nanoseconds(),
            Kind::U64 | Kind::I64 | Kind::F64 => 1.0,
        };
        let bits = |key| order::bits(kind, key);
        let (min, max) = (bits(!self.least), bits(self.greatest));
        let (mean, deviations) = self.moments.mean_and_deviations(
            kind.float(min),
            kind.float(max),
            kind.float(self.sum),
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
    pub(super) fn is_negative(&self, kind: Kind) -> bool {
        self.moments.count > 0 && kind.float(order::bits(kind, !self.least)) < 0.0
    }

    /// Has the sum be no less than `sum`.
    pub(super) fn raise_sum(&mut self, sum: f64) -> f64 {
        let raised = f64::from_bits(self.sum).max(sum);
        self.sum = raised.to_bits();
        raised
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_stays_the_first_value_also_if_that_is_zero() {
        let words: Vec<AtomicU64> = (0..=HEADER).map(|_| AtomicU64::new(0)).collect();
        let parts = Parts::new(&words).expect("enough words");
        let is_zero = |shift: f64| shift.abs() < f64::MIN_POSITIVE;
        assert!(is_zero(parts.shift_or(0.0)));
        // As a thread does that looked when there was none yet.
        assert!(is_zero(parts.set_shift(5.0)));
        assert!(is_zero(parts.shift_or(7.0)));
    }
}

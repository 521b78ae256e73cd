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
pub(super) const HEADER: usize = 8;

/// The words of a row, by name. All are zero at first.
struct Parts<'a> {
    /// The greatest value's key (see [`order`]).
    greatest: &'a AtomicU64,
    /// The complement of the least value's key: greater for lesser values.
    least: &'a AtomicU64,
    /// The bits of the first *usual* value, and how many follow it: see [`Parts::is_usual`].
    usual: &'a AtomicU64,
    usuals: &'a AtomicU64,
    sum: &'a AtomicU64,
    /// See [`Moments`]. Set once, by the first value; that of the value zero is `-0.0`, whose bits are not zero.
    shift: &'a AtomicU64,
    shifted_sum: &'a AtomicU64,
    shifted_squares: &'a AtomicU64,
    buckets: &'a [AtomicU64],
}

impl<'a> Parts<'a> {
    #[inline]
    fn new(words: &'a [AtomicU64]) -> Option<Self> {
        let [
            greatest,
            least,
            usual,
            usuals,
            sum,
            shift,
            shifted_sum,
            shifted_squares,
            buckets @ ..,
        ] = words
        else {
            return None;
        };
        Some(Self {
            greatest,
            least,
            usual,
            usuals,
            sum,
            shift,
            shifted_sum,
            shifted_squares,
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

    /// Counts a value, last of all: a scrape that sees the count sees the value in the sum, so a sum that is read is
    /// never behind its count.
    #[inline]
    fn count<W: Writer>(&self, bucket: usize) {
        if let Some(count) = self.buckets.get(bucket) {
            W::count(count);
        }
    }

    /// Whether a value lies between extremes that were seen before, is not negative, and cannot take a sum to infinity.
    /// Only their owner's words tell; at first no value is usual.
    #[inline]
    fn is_usual(&self, bits: u64) -> bool {
        let first = self.usual.load(Ordering::Relaxed);
        bits.wrapping_sub(first) < self.usuals.load(Ordering::Relaxed)
    }

    /// Has the values between the extremes be usual. To be called when they are set, and the shift.
    fn widen(&self, kind: Kind) {
        let max = match kind {
            Kind::F64 if float(self.shift).abs() > USUAL => return,
            Kind::F64 => USUAL.to_bits(),
            Kind::U64 | Kind::I64 | Kind::Duration => i64::MAX.cast_unsigned(),
        };
        let least = (!self.least.load(Ordering::Relaxed)).max(order::key(kind, 0));
        let greatest = self.greatest.load(Ordering::Relaxed);
        let greatest = greatest.min(order::key(kind, max));
        if least <= greatest {
            let (from, to) = (order::bits(kind, least), order::bits(kind, greatest));
            self.usual.store(from, Ordering::Relaxed);
            self.usuals.store(to - from + 1, Ordering::Relaxed);
        }
    }
}

/// Floats up to this one are usual (2^480). Where shift and value are, the square of their difference is less than
/// 2^970, half a unit in the last place of the largest float: added to any, it leaves a finite one.
const USUAL: f64 = f64::from_bits((1023 + 480) << 52);

/// Adds a value of type `T`.
pub(super) fn record<W: Writer, T: Value>(recipe: &Recipe, words: &[AtomicU64], bits: u64) {
    let Some(parts) = Parts::new(words) else {
        return;
    };
    if !(W::ALONE && parts.is_usual(bits)) {
        return record_any::<W, T>(recipe, words, bits);
    }
    let kind = T::KIND;
    let value = kind.float_of_ordinary(bits);
    let Some(bucket) = recipe.bounds.bucket_of_ordinary(bits, value) else {
        return record_any::<W, T>(recipe, words, bits);
    };
    // As `record_any` does, but what cannot happen is left out.
    let deviation = value - float(parts.shift);
    let add = |word, more: f64| W::update(word, |sum| (f64::from_bits(sum) + more).to_bits());
    match kind {
        Kind::F64 => add(parts.sum, value),
        Kind::U64 | Kind::I64 | Kind::Duration => sum::add::<W>(kind, parts.sum, bits),
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
    let value = kind.float(bits);
    let key = order::key(kind, bits);
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

fn float(word: &AtomicU64) -> f64 {
    f64::from_bits(word.load(Ordering::Relaxed))
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
    use std::time::Duration;

    use super::super::recipe::Op;
    use super::super::write::{Anyone, Owner};
    use super::*;
    use crate::declare::Bounds;

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

    fn recipe<T: Value>(bounds: &[T]) -> Recipe {
        let bounds = Bounds::new(bounds.iter().copied()).expect("bounds that increase");
        Recipe::of(T::KIND, Op::Distribution, bounds)
    }

    fn words(recipe: &Recipe) -> Vec<AtomicU64> {
        (0..recipe.words).map(|_| AtomicU64::new(0)).collect()
    }

    fn bits<T: Value>(value: T) -> u64 {
        value.to_bits().expect("a finite value")
    }

    /// Records values in each way. They are to leave the same words, but for what only the owner's tell.
    fn all_ways_agree<T: Value>(bounds: &[T], values: impl IntoIterator<Item = T>) {
        let recipe = recipe(bounds);
        let [usual, any, shared] = [(); 3].map(|()| words(&recipe));
        let mut quick = 0;
        for bits in values.into_iter().map(bits) {
            quick += usize::from(Parts::new(&usual).is_some_and(|parts| parts.is_usual(bits)));
            record::<Owner, T>(&recipe, &usual, bits);
            record_any::<Owner, T>(&recipe, &any, bits);
            record::<Anyone, T>(&recipe, &shared, bits);
            let read = |words: &[AtomicU64]| -> Vec<u64> {
                words.iter().map(|it| it.load(Ordering::Relaxed)).collect()
            };
            let (usual, any, mut shared) = (read(&usual), read(&any), read(&shared));
            assert_eq!(usual, any);
            shared[2..4].copy_from_slice(&any[2..4]);
            assert_eq!(usual, shared);
        }
        assert!(quick > 400, "{quick}");
    }

    #[test]
    fn usual_values_are_recorded_as_all_others() {
        let numbers = || (0..1000_u32).map(|i| i.wrapping_mul(2_654_435_761) >> (i % 24));
        let floats = |by: f64| numbers().map(move |n| f64::from(n) * by);
        let signed = numbers().map(|n| i64::from(n.cast_signed()));
        all_ways_agree(
            &[0, 1, 1000, 1 << 20, u64::MAX],
            numbers().map(u64::from).chain([0, u64::MAX, 1 << 63, 7]),
        );
        all_ways_agree(&[-100, 0, 100], signed.chain([i64::MIN, i64::MAX, 0, -1]));
        all_ways_agree(
            &[0.001, 1.0, 1e9],
            floats(1e-3).chain([-1.0, 1e300, f64::MAX, f64::MAX, 0.5, -f64::MAX]),
        );
        all_ways_agree(
            &[-1.0, 0.0],
            floats(1e-300)
                .chain(floats(1e140))
                .chain([f64::MAX, 1e140, -0.0]),
        );
        let durations = numbers().map(|n| Duration::from_nanos(n.into()));
        all_ways_agree(
            &[Duration::from_millis(1)],
            durations.chain([Duration::MAX, Duration::ZERO, Duration::MAX]),
        );
    }

    #[test]
    fn values_between_the_extremes_are_usual() {
        let recipe = recipe(&[1.0, 2.0]);
        let usual = |recorded: &[f64], value: f64| {
            let words = words(&recipe);
            for value in recorded {
                record::<Owner, f64>(&recipe, &words, bits(*value));
            }
            Parts::new(&words)
                .expect("enough words")
                .is_usual(bits(value))
        };
        assert!(!usual(&[], 0.0) && !usual(&[], 1.0));
        assert!(usual(&[0.0], 0.0) && !usual(&[0.0], 5e-324));
        assert!(usual(&[3.0, 1.0], 1.0) && usual(&[1.0, 3.0], 3.0));
        assert!(!usual(&[1.0, 3.0], 0.9) && !usual(&[1.0, 3.0], 3.1));
        // Those below zero never are.
        assert!(!usual(&[-5.0, -1.0], -2.0) && usual(&[-5.0, 2.0], 0.0));
        // Nor are those whose squares' sum may be infinite.
        assert!(usual(&[1.0, 1e300], 1e144) && !usual(&[1.0, 1e300], 1e145));
        assert!(!usual(&[1e300, 1.0], 2.0));
    }
}

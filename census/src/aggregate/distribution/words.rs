//! The words of a distribution's row, and the range of values that are recorded fast.

use std::sync::atomic::Ordering;

use super::moments::SCALE;
use super::native::NativeWords;
use crate::aggregate::write::{self, Writer};
use crate::declare::{Bounds, SortKey, ValueBits, ValueKind};
use crate::sync::AtomicU64;

/// How many words come before the counts of the buckets.
pub(super) const HEADER: usize = 8;

/// The words of a row, by name. All are zero at first.
pub(super) struct Words<'a> {
    /// The [sort key](SortKey) of the greatest value.
    pub(super) greatest: &'a AtomicU64,
    /// The complement of the sort key of the least value, which is greater for lesser values.
    pub(super) least: &'a AtomicU64,
    /// The bits of the first value of the fast range, and how many values the range has: see
    /// [`is_in_fast_range`](Self::is_in_fast_range).
    pub(super) fast_start: &'a AtomicU64,
    pub(super) fast_len: &'a AtomicU64,
    pub(super) sum: &'a AtomicU64,
    /// See [`Moments`](super::moments::Moments). Set once, by the first value. If that is zero, the shift is `-0.0`,
    /// whose bits are not zero.
    pub(super) shift: &'a AtomicU64,
    pub(super) shifted_sum: &'a AtomicU64,
    pub(super) shifted_squares: &'a AtomicU64,
    /// The counts of the buckets, or the words of native ones.
    pub(super) buckets: &'a [AtomicU64],
}

impl<'a> Words<'a> {
    #[inline]
    pub(super) fn new(words: &'a [AtomicU64]) -> Option<Self> {
        let [
            greatest,
            least,
            fast_start,
            fast_len,
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
            fast_start,
            fast_len,
            sum,
            shift,
            shifted_sum,
            shifted_squares,
            buckets,
        })
    }

    /// The shift. If there is none yet, `first` becomes it.
    #[inline]
    pub(super) fn shift_or(&self, first: f64) -> f64 {
        match self.shift.load(Ordering::Relaxed) {
            0 => self.set_shift(first),
            bits => f64::from_bits(bits),
        }
    }

    /// Sets the shift, unless another thread has set it since this one looked. All deviations in these words are from
    /// the same shift.
    #[cold]
    pub(super) fn set_shift(&self, first: f64) -> f64 {
        let first = if first == 0.0 { -0.0 } else { first };
        let set =
            self.shift
                .compare_exchange(0, first.to_bits(), Ordering::Relaxed, Ordering::Relaxed);
        set.map_or_else(f64::from_bits, |_| first)
    }

    /// Counts a value. The last write of a measurement: a scrape that sees the count sees the value in the sum, so a
    /// sum that is read is never behind its count.
    #[inline]
    pub(super) fn count<W: Writer>(&self, bucket: usize) {
        if let Some(count) = self.buckets.get(bucket) {
            W::count(count);
        }
    }

    /// How many values were counted.
    pub(super) fn count_all(&self, bounds: &Bounds) -> u64 {
        if bounds.native().is_some()
            && let Some(native) = NativeWords::new(self.buckets)
        {
            return native.total();
        }
        let counts = self.buckets.iter().map(write::load);
        counts.fold(0, u64::wrapping_add)
    }

    /// Whether a value lies between extremes that were recorded before, is not negative, and cannot make a sum
    /// infinite. Only an exclusive writer keeps the range; at first it is empty.
    #[inline]
    pub(super) fn is_in_fast_range(&self, bits: ValueBits) -> bool {
        let start = self.fast_start.load(Ordering::Relaxed);
        bits.0.wrapping_sub(start) < self.fast_len.load(Ordering::Relaxed)
    }

    /// Makes the fast range that of the extremes. Called after the extremes and the shift were set.
    pub(super) fn update_fast_range(&self, kind: ValueKind) {
        let max = match kind {
            ValueKind::F64 if load_float(self.shift).abs() > FAST_FLOAT_MAX * SCALE => return,
            ValueKind::F64 => FAST_FLOAT_MAX.to_bits(),
            ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => i64::MAX.cast_unsigned(),
        };
        let least = SortKey(!self.least.load(Ordering::Relaxed));
        let least = least.max(ValueBits(0).sort_key(kind));
        let greatest = SortKey(self.greatest.load(Ordering::Relaxed));
        let greatest = greatest.min(ValueBits(max).sort_key(kind));
        if least <= greatest {
            let (from, to) = (least.value_bits(kind), greatest.value_bits(kind));
            self.fast_start.store(from.0, Ordering::Relaxed);
            self.fast_len.store(to.0 - from.0 + 1, Ordering::Relaxed);
        }
    }
}

/// The greatest float in a fast range, 2^480. If neither the shift nor a value exceeds it, the square of their
/// difference is less than 2^970, half a unit in the last place of the largest float. Added to any finite float, such a
/// square leaves a finite one.
const FAST_FLOAT_MAX: f64 = f64::from_bits((1023 + 480) << 52);

/// Reads a word as a float.
#[inline]
pub(super) fn load_float(word: &AtomicU64) -> f64 {
    f64::from_bits(word.load(Ordering::Relaxed))
}

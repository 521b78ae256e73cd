//! The words of a distribution's row, and which values need but a few of them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::write::Writer;
use crate::declare::{ValueKind, order};

/// The words of a row, by name. All are zero at first.
pub(super) struct Parts<'a> {
    /// The greatest value's key (see [`order`]).
    pub(super) greatest: &'a AtomicU64,
    /// The complement of the least value's key: greater for lesser values.
    pub(super) least: &'a AtomicU64,
    /// The bits of the first *usual* value, and how many follow it: see [`Parts::is_usual`].
    pub(super) usual: &'a AtomicU64,
    pub(super) usuals: &'a AtomicU64,
    pub(super) sum: &'a AtomicU64,
    /// See [`Moments`](super::Moments). Set once, by the first value; that of the value zero is `-0.0`, whose bits are not zero.
    pub(super) shift: &'a AtomicU64,
    pub(super) shifted_sum: &'a AtomicU64,
    pub(super) shifted_squares: &'a AtomicU64,
    pub(super) buckets: &'a [AtomicU64],
}

impl<'a> Parts<'a> {
    #[inline]
    pub(super) fn new(words: &'a [AtomicU64]) -> Option<Self> {
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
    pub(super) fn shift_or(&self, first: f64) -> f64 {
        match self.shift.load(Ordering::Relaxed) {
            0 => self.set_shift(first),
            bits => f64::from_bits(bits),
        }
    }

    /// Sets the shift, unless another thread has done so in this moment. All count from the same one.
    #[cold]
    pub(super) fn set_shift(&self, first: f64) -> f64 {
        let first = if first == 0.0 { -0.0 } else { first };
        let set =
            self.shift
                .compare_exchange(0, first.to_bits(), Ordering::Relaxed, Ordering::Relaxed);
        set.map_or_else(f64::from_bits, |_| first)
    }

    /// Counts a value, last of all: a scrape that sees the count sees the value in the sum, so a sum that is read is
    /// never behind its count.
    #[inline]
    pub(super) fn count<W: Writer>(&self, bucket: usize) {
        if let Some(count) = self.buckets.get(bucket) {
            W::count(count);
        }
    }

    /// Whether a value lies between extremes that were seen before, is not negative, and cannot take a sum to infinity.
    /// Only their owner's words tell; at first no value is usual.
    #[inline]
    pub(super) fn is_usual(&self, bits: u64) -> bool {
        let first = self.usual.load(Ordering::Relaxed);
        bits.wrapping_sub(first) < self.usuals.load(Ordering::Relaxed)
    }

    /// Has the values between the extremes be usual. To be called when they are set, and the shift.
    pub(super) fn widen(&self, kind: ValueKind) {
        let max = match kind {
            ValueKind::F64 if float(self.shift).abs() > USUAL => return,
            ValueKind::F64 => USUAL.to_bits(),
            ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => i64::MAX.cast_unsigned(),
        };
        let least = (!self.least.load(Ordering::Relaxed)).max(order::to_sort_key(kind, 0));
        let greatest = self.greatest.load(Ordering::Relaxed);
        let greatest = greatest.min(order::to_sort_key(kind, max));
        if least <= greatest {
            let (from, to) = (
                order::from_sort_key(kind, least),
                order::from_sort_key(kind, greatest),
            );
            self.usual.store(from, Ordering::Relaxed);
            self.usuals.store(to - from + 1, Ordering::Relaxed);
        }
    }
}

/// Floats up to this one are usual (2^480). Where shift and value are, the square of their difference is less than
/// 2^970, half a unit in the last place of the largest float: added to any, it leaves a finite one.
const USUAL: f64 = f64::from_bits((1023 + 480) << 52);

/// A word as a float.
#[inline]
pub(super) fn float(word: &AtomicU64) -> f64 {
    f64::from_bits(word.load(Ordering::Relaxed))
}

//! An `f64` that several threads add to.

use std::sync::atomic::{AtomicU64, Ordering};

/// The bits of an `f64`.
#[derive(Debug, Default)]
pub(crate) struct AtomicF64(AtomicU64);

impl AtomicF64 {
    pub(super) const fn new(value: f64) -> Self {
        Self(AtomicU64::new(value.to_bits()))
    }

    pub(super) fn load(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    /// Adds; the result is finite.
    pub(super) fn add(&self, value: f64) {
        let add = |bits| {
            let sum = f64::from_bits(bits) + value;
            Some(sum.clamp(f64::MIN, f64::MAX).to_bits())
        };
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Stores `value` if this is still NaN, and says what it is now.
    pub(super) fn set_once(&self, value: f64) -> f64 {
        let now = self.load();
        if !now.is_nan() {
            return now;
        }
        let set = self.0.compare_exchange(
            now.to_bits(),
            value.to_bits(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        set.map_or_else(f64::from_bits, |_| value)
    }
}

//! A measure with its tags decided.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::memo;
use crate::declare::{Measure, Value};
use crate::tags::TagMap;

/// A measure that records with tags decided beforehand, and so needs no look-up. Made by [`Measure::bind`]; share it
/// between threads as you like. It notices when views come and go.
#[derive(Debug)]
pub struct BoundMeasure<T: Value> {
    measure: Measure<T>,
    tags: TagMap,
    /// No other has it, or had it: each thread remembers by it where the measurements go.
    number: usize,
}

impl<T: Value> BoundMeasure<T> {
    pub(super) fn new(measure: Measure<T>, tags: TagMap) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self {
            measure,
            tags,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Records a value, as [`Measure::record`] does.
    #[inline]
    pub fn record(&self, value: T) {
        if let Some(version) = self.measure.cell().wiring.viewed() {
            self.record_viewed(version, value.to_bits());
        }
    }

    fn record_viewed(&self, version: u64, bits: Option<u64>) {
        let cell = self.measure.cell();
        let Some(bits) = bits else {
            return cell.wiring.refuse();
        };
        memo::record_bound(cell, version, self.number, &self.tags, bits);
    }
}

//! A measure with its tags decided.

use super::memo;
use crate::declare::{Measure, Value, ValueBits};
use crate::id::BoundId;
use crate::register::{ViewsVersion, current_version};
use crate::tags::TagMap;

/// A measure that records with tags decided beforehand, and so needs no look-up. Made by [`Measure::bind`]; share it
/// between threads as you like. It notices when views come and go.
#[derive(Debug)]
pub struct BoundMeasure<T: Value> {
    measure: Measure<T>,
    tags: TagMap,
    /// No other has it, or had it: each thread remembers by it where the measurements go.
    id: BoundId,
}

impl<T: Value> BoundMeasure<T> {
    pub(super) fn new(measure: Measure<T>, tags: TagMap) -> Self {
        Self {
            measure,
            tags,
            id: BoundId::next(),
        }
    }

    /// Records a value, as [`Measure::record`] does.
    #[inline]
    pub fn record(&self, value: T) {
        if let Some(version) = current_version(self.measure.cell()) {
            self.record_viewed(version, value.to_bits());
        }
    }

    fn record_viewed(&self, version: ViewsVersion, bits: Option<ValueBits>) {
        let cell = self.measure.cell();
        let Some(bits) = bits else {
            return cell.count_rejected_value();
        };
        memo::record_bound(cell, version, self.id, &self.tags, bits);
    }
}

//! A measure with its tags decided.

use std::fmt;
use std::sync::{Arc, RwLock, TryLockError};

use super::{add, memo};
use crate::aggregate::Row;
use crate::declare::{Measure, Value};
use crate::tags::TagMap;

/// A measure that records with tags decided beforehand, and so needs no look-up. Made by [`Measure::bind`]; share it
/// between threads as you like. It notices when views come and go.
pub struct BoundMeasure<T: Value> {
    measure: Measure<T>,
    tags: TagMap,
    /// The version of the measure's views, and the rows that the tags mean in them.
    rows: RwLock<(u64, Box<[Arc<Row>]>)>,
}

impl<T: Value> BoundMeasure<T> {
    pub(super) fn new(measure: Measure<T>, tags: TagMap) -> Self {
        Self {
            measure,
            tags,
            rows: RwLock::new((u64::MAX, Box::default())),
        }
    }

    /// Records a value, as [`Measure::record`] does.
    pub fn record(&self, value: T) {
        let cell = self.measure.cell();
        let Some(version) = cell.wiring.viewed() else {
            return self.forget();
        };
        let Some(bits) = value.to_bits() else {
            return cell.wiring.refuse();
        };
        let known = match self.rows.try_read() {
            Ok(known) => Some(known),
            Err(TryLockError::Poisoned(known)) => Some(known.into_inner()),
            // Another thread is at the next lines: no need to wait for it.
            Err(TryLockError::WouldBlock) => None,
        };
        if let Some(known) = known
            && known.0 == version
        {
            return add(&known.1, cell, bits, None);
        }
        let (version, views) = cell.wiring.views();
        let found = memo::rows_of(&views, &self.tags);
        add(&found.rows, cell, bits, None);
        if !found.overflowed
            && let Ok(mut known) = self.rows.try_write()
        {
            *known = (version, found.rows.into());
        }
    }
}

impl<T: Value> BoundMeasure<T> {
    /// Lets go of rows that nobody views any more.
    fn forget(&self) {
        if let Ok(mut known) = self.rows.try_write()
            && !known.1.is_empty()
        {
            *known = (u64::MAX, Box::default());
        }
    }
}

impl<T: Value> fmt::Debug for BoundMeasure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundMeasure")
            .field("measure", &self.measure)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

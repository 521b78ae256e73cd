//! What was read of an observed measure, before it is aggregated.

use super::column_values::ColumnSets;
use super::row_format::RowFormat;
use crate::declare::ValueBits;
use crate::id::ObservationId;
use crate::tags::TagMap;

/// A value that was read, and its tags.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) tags: TagMap,
    pub(crate) bits: ValueBits,
}

/// All that a run has read of one measure.
#[derive(Debug)]
pub(crate) struct Run<'r> {
    /// Later runs have greater numbers. The first is 1.
    pub(crate) number: u64,
    /// The values of every observation of the measure, in the order in which the observations were registered. An
    /// observation that is not here was dropped.
    pub(crate) readings: Vec<(ObservationId, &'r [Reading])>,
}

/// The parts of a view that say which row a value goes to.
pub(super) struct Bounded<'v> {
    pub(super) format: &'v RowFormat,
    pub(super) columns: &'v ColumnSets,
    pub(super) max_series: usize,
}

impl Bounded<'_> {
    /// The key of the overflow row for a row of this key.
    pub(super) fn overflow_key(&self, key: &str) -> String {
        self.columns.overflow_key(key)
    }
}

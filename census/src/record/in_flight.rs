//! What is under way: one more at its beginning, one less at its end, in the very same rows.

use std::sync::Arc;

use super::memo;
use crate::aggregate::Row;
use crate::declare::{Kind, Measure, TagKey};
use crate::tags::TagStr;

/// Something under way. It ends when it is dropped.
///
/// It keeps the rows that it was counted in. So a view that was registered later does not see it end, and tags that
/// have changed meanwhile do not matter: no row goes below zero.
#[derive(Debug)]
pub(crate) struct InFlight {
    rows: Vec<Arc<Row>>,
}

impl InFlight {
    /// Counts one more, if somebody views the measure.
    pub(crate) fn begin(
        measure: &Measure<i64>,
        tags: &[(&'static TagKey, TagStr<'static>)],
    ) -> Option<Self> {
        let cell = measure.cell();
        let version = cell.wiring.viewed()?;
        let mut kept = Vec::new();
        memo::with_rows(cell, version, tags, |rows| kept = rows.to_vec());
        let this = Self { rows: kept };
        this.add(1);
        Some(this)
    }

    fn add(&self, value: i64) {
        for row in &self.rows {
            row.cell.record(Kind::I64, value.cast_unsigned(), None);
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.add(-1);
    }
}

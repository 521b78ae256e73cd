//! Views and targets for the unit tests of the caches.

use std::sync::Arc;

use crate::aggregate::{ColumnSets, LiveView, SortedValues, Target};
use crate::calls::FUNCTION;
use crate::declare::{Count, Measure, MeasureCell, Origin, View, measure_cell, static_measure};
use crate::id::{RowId, ViewId};

const ORIGIN: Origin = Origin::new(module_path!(), file!(), line!(), column!());

/// A view that is not in the catalogue, with one column and at most this many rows.
pub(super) fn view(max_series: usize) -> Arc<LiveView> {
    static MEASURE: MeasureCell = measure_cell::<Measure<u64>>("measure", "", None, ORIGIN);
    let measure: Measure<u64> = static_measure(&MEASURE);
    let builder = View::<Count>::count("view", &measure)
        .column(&FUNCTION)
        .max_series(max_series);
    Arc::new(LiveView::new(
        ViewId::next(),
        builder.spec,
        ColumnSets::open(1),
        &SortedValues::default(),
    ))
}

/// Targets of different rows.
pub(super) fn targets(count: usize) -> Vec<Target> {
    let view = view(count);
    let rows = (0..count).map(|row| view.rows.shared_target(RowId::first_at(row)));
    rows.collect()
}

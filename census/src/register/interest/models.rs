//! The views of measures in models: each run of a model has its own.

use std::sync::Arc;

use super::{Change, Ended, Interests, MeasureViews, OF_RUN, change_views, ended_count};
use crate::aggregate::LiveView;
use crate::declare::{Handle, MeasureCell};

/// Begins a run of a model, in which no measure has views.
pub(crate) fn begin_run() {
    OF_RUN.set(Some(Box::leak(Box::new((Interests::new(), Ended::new())))));
    assert_eq!(ended_count(), 0);
}

fn only(view: &Arc<LiveView>) -> MeasureViews {
    let mut views = MeasureViews::default();
    views.insert(Arc::clone(view));
    views
}

/// Adds a view of the measure.
pub(crate) fn add_view(measure: &Handle<MeasureCell>, view: &Arc<LiveView>) {
    add_view_of_cells(std::slice::from_ref(measure), view);
}

/// Adds a view of a measure that has several cells.
pub(crate) fn add_view_of_cells(cells: &[Handle<MeasureCell>], view: &Arc<LiveView>) {
    change(cells, Change::Add(only(view)));
}

/// Removes a view of the measure.
pub(crate) fn remove_view(measure: &Handle<MeasureCell>, view: &Arc<LiveView>) {
    change(std::slice::from_ref(measure), Change::Remove(&only(view)));
}

/// Gives the measure of a view, which has one cell, a new version for the same views.
pub(crate) fn renew_version(view: &LiveView) {
    change(std::slice::from_ref(&view.spec.measure), Change::None);
}

fn change(cells: &[Handle<MeasureCell>], change: Change<'_>) {
    let name = cells.first().map(|cell| &*cell.descriptor.name);
    change_views(name.unwrap_or_default(), cells.iter().cloned(), change);
}

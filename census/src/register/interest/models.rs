//! The views of measures in models: each run of a model has its own.

use std::cell::Cell;
use std::iter;

use super::{Change, Interests, MeasureViews, change_views, ended_count};
use crate::aggregate::LiveView;
use crate::declare::{Handle, MeasureCell};
use std::sync::Arc;

thread_local! {
    /// All threads of a model are one thread of the system.
    static INTERESTS: Cell<Option<&'static Interests>> = const { Cell::new(None) };
}

pub(super) fn interests() -> &'static Interests {
    INTERESTS.get().expect("the run of the model has begun")
}

/// Begins a run of a model, in which no measure has views.
pub(crate) fn begin_run() {
    INTERESTS.set(Some(Box::leak(Box::new(Interests::new()))));
    assert_eq!(ended_count(), 0);
}

fn only(view: &Arc<LiveView>) -> MeasureViews {
    let mut views = MeasureViews::default();
    views.insert(Arc::clone(view));
    views
}

/// Adds a view of the measure.
pub(crate) fn add_view(measure: &Handle<MeasureCell>, view: &Arc<LiveView>) {
    change(measure, Change::Add(only(view)));
}

/// Removes a view of the measure.
pub(crate) fn remove_view(measure: &Handle<MeasureCell>, view: &Arc<LiveView>) {
    change(measure, Change::Remove(&only(view)));
}

fn change(measure: &Handle<MeasureCell>, change: Change<'_>) {
    change_views(
        &measure.descriptor.name,
        iter::once(measure.clone()),
        change,
    );
}

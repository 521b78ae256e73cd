//! The views of measures in models: each run of a model has its own.

use std::iter;
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

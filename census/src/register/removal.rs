//! Removing rows of registered views, and telling threads of it. `aggregate/removal.rs` has the protocol.

#[cfg(not(all(test, census_model)))]
use super::catalogue::with_catalogue;
#[cfg(not(all(test, census_model)))]
use super::interest::Change;
use super::interest::end_chunks;
#[cfg(all(test, census_model))]
pub(super) use super::interest::models::renew_version;
use crate::aggregate::{LiveView, Removal, RemovedCount};
use crate::declare::Occasion;

/// Removes the row of this key. Returns whether it was there.
pub(crate) fn remove_row(view: &LiveView, key: &str) -> bool {
    tell(view, view.remove_row(key, || renew_version(view))).rows > 0
}

/// Removes the rows of whose keys `is_meant` is true, as for this reason. Returns how many there were.
pub(crate) fn remove_rows(
    view: &LiveView,
    is_meant: impl Fn(&str) -> bool,
    reason: Removal,
) -> usize {
    let removed = view.remove_rows(is_meant, reason, || renew_version(view));
    tell(view, removed).rows
}

/// Removes the rows that are idle, at a collection, if the view is one whose rows go.
pub(crate) fn remove_idle(view: &LiveView) {
    if let Some(idle) = view.spec.idle {
        (idle.remove)(view, Occasion::Collection);
    }
}

/// Removes the rows that are idle, because there is no room for a new row. Returns whether there were some.
pub(crate) fn make_room(view: &LiveView) -> bool {
    let idle = view.spec.idle;
    idle.is_some_and(|idle| (idle.remove)(view, Occasion::Full))
}

/// Gives the measure of a view a new version, for the same views.
#[cfg(not(all(test, census_model)))]
pub(super) fn renew_version(view: &LiveView) {
    let measure = &view.spec.measure.descriptor.name;
    with_catalogue(|catalogue| catalogue.change_views(measure, Change::None));
}

/// Tells threads which words they need not keep. Called after the rows were removed.
pub(crate) fn tell(view: &LiveView, removed: RemovedCount) -> RemovedCount {
    if removed.chunks > 0 {
        end_chunks(view.id());
    }
    removed
}

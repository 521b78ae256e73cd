//! Views that come and go while the program runs: for the program, or for an exporter.
//!
//! Each function holds the catalogue's lock once, for all of its views.

use std::collections::HashSet;
use std::sync::Arc;

use super::catalogue::{AddedView, Catalogue, by_measure, with_catalogue};
use super::interest::Change;
use super::views::Holder;
use super::{CatalogueError, Problem};
use crate::aggregate::LiveView;
use crate::declare::ViewSpec;
use crate::id::ViewId;

/// Views that were added, before they have holders.
#[derive(Default)]
struct Added {
    /// The registrations, also of views that were there before, each as often as it was given.
    ids: Vec<ViewId>,
    /// The views that were not there before.
    new: Vec<Arc<LiveView>>,
    /// The problems of the other views.
    problems: Vec<Problem>,
}

/// Registers views for the program, all of them or, if there is a problem, none. A view whose definition is registered
/// already stays as it is.
pub(super) fn register_views(views: Vec<ViewSpec>) -> Result<(), CatalogueError> {
    let (problems, _removed) = with_catalogue(|catalogue| {
        let Added { ids, new, problems } = add_views(catalogue, views);
        if problems.is_empty() {
            hold(catalogue, &ids, Holder::Program, &new);
            return (problems, Vec::new());
        }
        for live in &new {
            catalogue.views.remove(live.id());
        }
        (problems, new)
    });
    if problems.is_empty() {
        return Ok(());
    }
    Err(CatalogueError { problems })
}

/// Registers views for an exporter: those without a problem. Returns the registrations, which [`release_views`] takes
/// back, and the problems of the other views.
#[cfg(feature = "prometheus")]
pub(super) fn hold_views(views: Vec<ViewSpec>) -> (Vec<ViewId>, Vec<Problem>) {
    with_catalogue(|catalogue| {
        let Added { ids, new, problems } = add_views(catalogue, views);
        hold(catalogue, &ids, Holder::Exporter, &new);
        (ids, problems)
    })
}

/// Ends the holds of an exporter. Unregisters the views that then have no holder, with their rows.
#[cfg(feature = "prometheus")]
pub(super) fn release_views(ids: &[ViewId]) {
    let released = with_catalogue(|catalogue| {
        let released = ids.iter().filter_map(|id| catalogue.views.release(*id));
        let released: Vec<_> = released.collect();
        hide(catalogue, &released);
        released
    });
    // The last reference to a view frees its rows: not under the lock.
    drop(released);
}

/// Unregisters the views of these definitions, whatever holders they have, with their rows. Returns how many were registered.
pub(crate) fn unregister_views(views: &[ViewSpec]) -> usize {
    // Dropped as in `release_views`.
    let removed = with_catalogue(|catalogue| {
        let mut removed = Vec::new();
        for view in views {
            let id = catalogue.views.find(view).map(|live| live.id());
            removed.extend(id.and_then(|id| catalogue.views.remove(id)));
        }
        hide(catalogue, &removed);
        removed
    });
    removed.len()
}

/// Adds the views that can be added. Their measures do not have them yet.
fn add_views(catalogue: &mut Catalogue, views: Vec<ViewSpec>) -> Added {
    let mut added = Added::default();
    // A view that is there twice has its problems once.
    let mut rejected = HashSet::new();
    for view in views {
        let declaration = (view.name.clone(), view.origin);
        if rejected.contains(&declaration) {
            continue;
        }
        match catalogue.add_view(view) {
            Ok(AddedView::New(live)) => {
                added.ids.push(live.id());
                added.new.push(live);
            }
            Ok(AddedView::Found(id)) => added.ids.push(id),
            Err(problems) => {
                added.problems.extend(problems);
                rejected.insert(declaration);
            }
        }
    }
    added
}

/// Gives registered views a holder, and their measures the new ones of them.
fn hold(catalogue: &mut Catalogue, ids: &[ViewId], holder: Holder, new: &[Arc<LiveView>]) {
    for id in ids {
        catalogue.views.hold(*id, holder);
    }
    for (measure, added) in by_measure(new) {
        catalogue.change_views(measure, Change::Add(added));
    }
}

/// Takes removed views away from their measures.
fn hide(catalogue: &Catalogue, removed: &[Arc<LiveView>]) {
    for (measure, removed) in by_measure(removed) {
        catalogue.change_views(measure, Change::Remove(&removed));
    }
}

//! The catalogue as plain data.

use std::collections::HashSet;

use super::catalogue::{self, DeclaredView, with_catalogue};
use super::views::Views;
use crate::aggregate::LiveView;
use crate::declare::{Origin, ViewSpec};

/// What the program declares, as plain data. Made by [`catalogue`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Catalogue {
    /// The views: those in `static`s, whether or not they are registered, and the registered ones that were made at run
    /// time. They are in the order of their places: by crate, file, line and column. Views made at run time have no crate
    /// and come first.
    pub views: Vec<CatalogueView>,
}

/// A view in a [`Catalogue`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatalogueView {
    /// The [name](crate::View::name).
    pub name: String,
    /// The place of the declaration. Two equal definitions are one view, and each has an entry.
    pub origin: Origin,
    /// Whether it was declared with `#[optional]`.
    pub optional: bool,
    /// What has become of it.
    pub state: ViewState,
}

/// What has become of a view that a program declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViewState {
    /// It is registered: measurements count.
    Registered,
    /// It is optional, and not registered.
    Optional,
    /// It is not registered, because it clashes with another declaration. [`check`](crate::check) has the problem. (The
    /// problem of an optional view is returned by the call that registers it; the view stays `Optional`.)
    Rejected,
    /// It was registered from the start, and was [unregistered](crate::View::unregister).
    Unregistered,
}

/// What the program declares, as it is now.
///
/// ```standalone_crate
/// use census::{Measure, ViewState, measure, view};
///
/// #[measure]
/// static REQUESTS: Measure<u64>;
/// view! {
///     #[optional]
///     static REQUEST_COUNT: Count<REQUESTS>;
/// }
///
/// let catalogue = census::catalogue();
/// let view = catalogue.views.iter().find(|view| view.name == "request_count");
/// assert_eq!(view.map(|view| view.state), Some(ViewState::Optional));
/// ```
#[must_use]
pub fn catalogue() -> Catalogue {
    let mut views = with_catalogue(|catalogue| list(catalogue));
    views.sort_by(|a, b| {
        // Declarations that one macro made have one place: their names and modules tell them apart.
        let place = a.origin.sort_key().cmp(&b.origin.sort_key());
        let name = place.then_with(|| a.name.cmp(&b.name));
        name.then_with(|| a.origin.module().cmp(b.origin.module()))
    });
    Catalogue { views }
}

/// The views, in no order.
fn list(catalogue: &catalogue::Catalogue) -> Vec<CatalogueView> {
    let declared = &catalogue.declared_views;
    let specs: Vec<_> = declared.iter().map(|view| view.cell.spec()).collect();
    let places: HashSet<(&str, Origin)> = specs
        .iter()
        .map(|spec| (&*spec.name, spec.origin))
        .collect();
    // Two statics of one place and name are made by one macro, and views are found by their names: one of them counts.
    let is_declared = |live: &LiveView| places.contains(&(&*live.spec.name, live.spec.origin));
    let at_run_time = catalogue
        .views
        .iter()
        .filter(|live| !is_declared(live))
        .map(|live| CatalogueView {
            name: live.spec.name.clone().into_owned(),
            origin: live.spec.origin,
            optional: false,
            state: ViewState::Registered,
        });
    let in_statics = declared.iter().zip(&specs);
    let in_statics = in_statics.map(|(view, spec)| CatalogueView {
        name: spec.name.clone().into_owned(),
        origin: spec.origin,
        optional: view.cell.is_optional(),
        state: state(&catalogue.views, view, spec),
    });
    at_run_time.chain(in_statics).collect()
}

fn state(registered: &Views, view: &DeclaredView, spec: &ViewSpec) -> ViewState {
    if registered.find(spec).is_some() {
        ViewState::Registered
    } else if view.cell.is_optional() {
        ViewState::Optional
    } else if view.is_rejected {
        ViewState::Rejected
    } else {
        ViewState::Unregistered
    }
}

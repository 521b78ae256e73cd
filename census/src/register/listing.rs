//! The catalogue as plain data.

#[cfg(feature = "serde")]
mod serialize;

use std::collections::HashSet;
use std::time::Duration;

use super::Problem;
use super::catalogue::{self, DeclaredView, with_catalogue};
use super::views::Views;
use crate::aggregate::{self, LiveView};
use crate::declare::{
    AggregationKind, Bounds, Column, MeasureCell, MeasureSource, Number, Origin, TagKeyCell,
    ValueKind, ViewSpec,
};

/// What the program declares, as plain data. Made by [`catalogue`].
///
/// Each list is in the order of the declarations' places: by crate, file, line and column. What was made at run time has no
/// crate and comes first.
///
/// # As JSON
///
/// With the feature `serde`, a catalogue can be serialized. Fields have the names that they have here. Kinds and states are
/// words like `last_value` or `registered`. An [`Origin`] has the fields `crate`, `module`, `file`, `line` and `column`. Numbers
/// are numbers. `idle` is in seconds, or null.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Catalogue {
    /// The measures that were not rejected. Those made at run time are there while something refers to them. Two equal
    /// definitions are one measure, and each has an entry.
    pub measures: Vec<CatalogueMeasure>,
    /// The tag keys that were not rejected. Keys of one name are one key, and each has an entry.
    pub tag_keys: Vec<CatalogueTagKey>,
    /// The views: those in `static`s, whether or not they are registered, and the registered ones that were made at run
    /// time. Two equal definitions are one view, and each has an entry.
    pub views: Vec<CatalogueView>,
    /// The problems of declarations that were rejected, as [`check`](crate::check) has them.
    pub problems: Vec<Problem>,
}

/// A measure in a [`Catalogue`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CatalogueMeasure {
    /// The [name](crate::Measure::name).
    pub name: String,
    /// The description; empty if there is none.
    pub description: String,
    /// The unit, a UCUM string.
    pub unit: String,
    /// The type of the values.
    pub value_kind: ValueKind,
    /// Whether it is an [`Observed`](crate::Observed), which is read and not recorded to.
    pub observed: bool,
    /// Whether it is a running [total](crate::Observed#totals).
    pub total: bool,
    /// Whether a registered view uses it.
    pub viewed: bool,
    /// The place of the declaration.
    pub origin: Origin,
}

/// A tag key in a [`Catalogue`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CatalogueTagKey {
    /// The [name](crate::TagKey::name).
    pub name: String,
    /// The description; empty if there is none.
    pub description: String,
    /// Whether its tags [never leave the process](crate::TagKey::is_local).
    pub local: bool,
    /// The values of a [closed set](crate::TagKey#closed-sets-of-values), sorted; `None` for a key that has any value.
    pub values: Option<Vec<String>>,
    /// The place of the declaration.
    pub origin: Origin,
}

/// A view in a [`Catalogue`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CatalogueView {
    /// The [name](crate::View::name).
    pub name: String,
    /// The description; that of the measure, if the view has none.
    pub description: String,
    /// The name of the measure.
    pub measure: String,
    /// How it aggregates.
    pub aggregation: AggregationKind,
    /// The unit of the data, a UCUM string: that of the measure, or `1` for a [`Count`](crate::Count).
    pub unit: String,
    /// The columns.
    pub columns: Vec<CatalogueColumn>,
    /// The bounds of the buckets, increasing, as an exporter has them: durations are floats in the unit. Empty for an
    /// aggregation without buckets.
    pub buckets: Vec<Number>,
    /// The bound on the number of rows, if the view says one.
    pub max_series: Option<usize>,
    /// After which time without a measurement a row leaves, if it does.
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialize::seconds"))]
    pub idle: Option<Duration>,
    /// Whether an exporter's namespace is put before the name.
    pub namespace: bool,
    /// Whether rows that are known beforehand are there from the start, with zeros.
    pub zero: bool,
    /// Whether it was declared with `#[optional]`.
    pub optional: bool,
    /// What has become of it.
    pub state: ViewState,
    /// The place of the declaration.
    pub origin: Origin,
}

/// A column of a [`CatalogueView`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CatalogueColumn {
    /// The name of the tag key.
    pub key: String,
    /// The label that an exporter writes.
    pub label: String,
}

/// What has become of a view that a program declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
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
/// let measure = catalogue.measures.iter().find(|measure| measure.name.ends_with("requests"));
/// assert_eq!(measure.map(|measure| measure.viewed), Some(false));
/// ```
#[must_use]
pub fn catalogue() -> Catalogue {
    let mut listed = with_catalogue(|catalogue| list(catalogue));
    sort(&mut listed.measures, |it| (it.origin, &it.name));
    sort(&mut listed.tag_keys, |it| (it.origin, &it.name));
    sort(&mut listed.views, |it| (it.origin, &it.name));
    listed
}

/// Sorts by places. Declarations that one macro made have one place: their names and modules tell them apart.
fn sort<T>(listed: &mut [T], place_of: impl Fn(&T) -> (Origin, &str)) {
    listed.sort_by(|a, b| {
        let [(a, a_name), (b, b_name)] = [a, b].map(&place_of);
        let place = a.sort_key().cmp(&b.sort_key());
        let name = place.then_with(|| a_name.cmp(b_name));
        name.then_with(|| a.module().cmp(b.module()))
    });
}

/// The lists, in no order.
fn list(catalogue: &catalogue::Catalogue) -> Catalogue {
    let views = catalogue.views.iter();
    let viewed: HashSet<&str> = views
        .map(|live| &*live.spec.measure.descriptor.name)
        .collect();
    let measures = catalogue.measures.all();
    let keys = catalogue.keys.all();
    Catalogue {
        measures: measures.map(|cell| measure(&cell, &viewed)).collect(),
        tag_keys: keys.map(|cell| tag_key(&cell)).collect(),
        views: views_of(catalogue),
        problems: catalogue.problems.clone(),
    }
}

fn measure(cell: &MeasureCell, viewed: &HashSet<&str>) -> CatalogueMeasure {
    let descriptor = &cell.descriptor;
    CatalogueMeasure {
        name: descriptor.name.to_string(),
        description: descriptor.description.to_string(),
        unit: descriptor.unit.to_string(),
        value_kind: descriptor.kind,
        observed: descriptor.source.is_observed(),
        total: descriptor.source == MeasureSource::ObservedTotal,
        viewed: viewed.contains(&*descriptor.name),
        origin: descriptor.origin,
    }
}

fn tag_key(cell: &TagKeyCell) -> CatalogueTagKey {
    let values = cell.values().sorted();
    CatalogueTagKey {
        name: cell.name().to_owned(),
        description: cell.description().to_owned(),
        local: cell.is_local(),
        values: values.map(|values| values.into_iter().map(str::to_owned).collect()),
        origin: cell.origin(),
    }
}

fn views_of(catalogue: &catalogue::Catalogue) -> Vec<CatalogueView> {
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
        .map(|live| view(&live.spec, false, ViewState::Registered));
    let in_statics = declared.iter().zip(&specs);
    let in_statics = in_statics.map(|(declared, spec)| {
        let state = state(&catalogue.views, declared, spec);
        view(spec, declared.cell.is_optional(), state)
    });
    at_run_time.chain(in_statics).collect()
}

fn view(spec: &ViewSpec, optional: bool, state: ViewState) -> CatalogueView {
    let time_unit = spec.measure.descriptor.time_unit();
    let bounds = spec.aggregation.bounds.as_ref();
    let bounds = bounds.map_or(&[][..], |bounds| Bounds::numbers(bounds));
    let exported = bounds.iter().map(|bound| match bound {
        Number::Duration(_) => Number::F64(bound.in_unit(time_unit)),
        number => *number,
    });
    let column = |column: &Column| CatalogueColumn {
        key: column.key().name().to_owned(),
        label: column.label().to_owned(),
    };
    CatalogueView {
        name: spec.name.to_string(),
        description: spec.description.to_string(),
        measure: spec.measure.descriptor.name.to_string(),
        aggregation: spec.aggregation.kind,
        unit: aggregate::unit(spec).to_owned(),
        columns: spec.columns.iter().map(column).collect(),
        buckets: exported.collect(),
        max_series: spec.max_series,
        idle: spec.idle.map(|idle| idle.after),
        namespace: spec.in_namespace,
        zero: spec.has_zero_rows,
        optional,
        state,
        origin: spec.origin,
    }
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

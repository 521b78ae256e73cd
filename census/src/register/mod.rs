//! Step 2, **register**: the declarations become one validated catalogue, and each measure gets its views.

mod built_in;
mod catalogue;
mod column_values;
mod family_names;
#[cfg(feature = "prometheus")]
mod held_views;
mod idle;
mod initial_rows;
mod interest;
mod listing;
mod on_request;
mod problem;
mod removal;
mod runtime;
mod validate;
mod version;
mod views;

#[cfg(feature = "testing")]
pub(crate) use catalogue::begin_isolation;
pub use catalogue::check;
#[cfg(feature = "prometheus")]
pub(crate) use catalogue::rejected_values;
pub(crate) use catalogue::{ask_for_exemplars, find, views};
#[cfg(any(feature = "prometheus", feature = "testing"))]
pub(crate) use family_names::{Claims, family_name, suffixes};
#[cfg(feature = "prometheus")]
pub(crate) use family_names::{utf8_family_name, without_total};
#[cfg(feature = "prometheus")]
pub(crate) use held_views::HeldViews;
#[cfg(all(test, census_model))]
pub(crate) use interest::models;
pub(crate) use interest::{Ending, ViewsVersion};
pub(crate) use interest::{all_views, ended_count, for_each_ended, views_of};
pub use listing::{
    Catalogue, CatalogueColumn, CatalogueMeasure, CatalogueTagKey, CatalogueView, ViewState,
    catalogue,
};
pub(crate) use on_request::unregister_views;
pub use problem::{CatalogueError, Problem, ProblemKind};
#[cfg(all(test, census_model))]
pub(crate) use removal::tell;
pub(crate) use removal::{make_room, remove_idle, remove_row, remove_rows};
pub use runtime::set_default_max_series;
pub(crate) use version::{current_version, unchecked_version};

//! Step 2, **register**: the declarations become one validated catalogue, and each measure gets its views.

mod catalogue;
mod family_names;
mod initial_rows;
mod interest;
mod problem;
mod runtime;
mod validate;
mod version;
mod views;

pub use catalogue::check;
#[cfg(feature = "prometheus")]
pub(crate) use catalogue::rejected_values;
pub(crate) use catalogue::{ask_for_exemplars, find, unregister_view, views};
#[cfg(feature = "prometheus")]
pub(crate) use family_names::{Claims, family_name, suffixes};
pub use interest::ViewsVersion;
pub(crate) use interest::{interest_epoch, views_of};
pub use problem::{CatalogueError, Problem, ProblemKind};
pub use runtime::set_default_max_series;
pub(crate) use version::current_version;

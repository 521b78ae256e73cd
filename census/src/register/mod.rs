//! Step 2, **register**: what was declared becomes one validated catalogue, and each measure learns its views.

mod by_name;
mod catalogue;
mod family_names;
mod initial_rows;
mod keys;
mod problem;
mod runtime;
mod slices;
mod validate;
mod views;
mod wiring;

#[cfg(feature = "prometheus")]
pub(crate) use catalogue::refused;
pub use catalogue::{check, set_default_max_series};
pub(crate) use catalogue::{default_max_series, ensure, find, views};
#[cfg(feature = "prometheus")]
pub(crate) use family_names::{Claims, MetricType, family_name, metric_type};
pub(crate) use initial_rows::initial_rows;
pub(crate) use keys::known_key;
pub use problem::{CatalogueError, Problem, ProblemKind};
pub use runtime::{MeasureBuilder, ViewBuilder};
pub use slices::{FUNCTIONS, MEASURES, TAG_KEYS, VIEWS};
pub(crate) use wiring::{VERSION_STEP, Wiring, changes};

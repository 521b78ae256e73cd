//! Step 2, **register**: what was declared becomes one validated catalogue, and each measure learns its views.

mod catalogue;
mod family_names;
mod initial_rows;
mod problem;
mod runtime;
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
pub use problem::{CatalogueError, Problem, ProblemKind};
pub use runtime::{MeasureBuilder, ViewBuilder};
pub(crate) use wiring::{VERSION_STEP, Wiring, changes};

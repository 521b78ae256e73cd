//! For tests of a program's metrics. With the feature `testing`. [Testing metrics](crate#testing-metrics) shows how.

mod isolate;
mod line;
mod lint;
mod metrics;
mod missing;

pub use isolate::{Isolated, assert_metrics, assert_nothing, isolate, isolated};
pub use lint::{Finding, FindingKind, lint};
pub use metrics::{Metrics, metrics};

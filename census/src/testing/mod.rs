//! For tests of a program's metrics. With the feature `testing`.

mod lint;

pub use lint::{Finding, FindingKind, lint};

//! The option `idle` of views: after which time without a measurement a row leaves.

use std::time::Duration;

const ZERO: &str = "`idle` is longer than zero: write another duration, or leave it out";
const WITHOUT_COLUMNS: &str =
    "there is no `idle` of a view without columns, whose only row never leaves: leave it out";

/// At compile time, `MeasureWithIdle` in `check.rs` says this: a measure's cell has atomics, which the compiler does not
/// read.
pub(super) const OF_AN_OBSERVED: &str = "there is no `idle` of a view of an observed measure, whose rows are those that were read: leave it out";

/// Why a view with these columns cannot have this `idle`, whatever its measure.
pub(super) const fn problem<C>(idle: Duration, columns: &[C]) -> Option<&'static str> {
    if idle.is_zero() {
        Some(ZERO)
    } else if columns.is_empty() {
        Some(WITHOUT_COLUMNS)
    } else {
        None
    }
}

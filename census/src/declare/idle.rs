//! The option `idle` of views: after which time without a measurement a row leaves.

use std::any::Any;
use std::time::Duration;

/// The option.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdleOption {
    pub(crate) after: Duration,
    /// Removes idle rows of a view, which is a `LiveView`, and returns whether there were some. The option has this function,
    /// so that a program links it only if it has such a view.
    pub(crate) remove: fn(&dyn Any, Occasion) -> bool,
}

/// When a view's rows are looked at, whether they are idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// A collection has begun.
    Collection,
    /// There is no room for a new row.
    Full,
}

impl PartialEq for IdleOption {
    fn eq(&self, other: &Self) -> bool {
        self.after == other.after
    }
}

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

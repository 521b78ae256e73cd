//! How many rows a view keeps.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::tags::with_part;

/// How many rows a view without a bound of its own keeps, unless
/// [`set_default_max_series`](crate::set_default_max_series) was called: 2,000.
pub const DEFAULT_MAX_SERIES: usize = 2_000;

/// A number of rows.
struct Limit(AtomicUsize);

impl Limit {
    const fn new() -> Self {
        Self(AtomicUsize::new(DEFAULT_MAX_SERIES))
    }
}

/// Calls `f` with the limit of the program, or of the isolation that this thread is within.
fn with_current<R>(f: impl FnOnce(&AtomicUsize) -> R) -> R {
    static CURRENT: Limit = Limit::new();
    with_part(|| &CURRENT, Limit::new, |limit| f(&limit.0))
}

/// How many rows a view without a bound of its own keeps.
pub(crate) fn default_max_series() -> usize {
    // Relaxed: no other memory is published by the number.
    with_current(|limit| limit.load(Ordering::Relaxed))
}

/// Replaces the number of rows that [`default_max_series`] returns.
pub(crate) fn set_default_max_series(rows: usize) {
    with_current(|limit| limit.store(rows, Ordering::Relaxed));
}

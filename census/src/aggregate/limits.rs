//! How many rows a view keeps.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many rows a view without a bound of its own keeps, unless
/// [`set_default_max_series`](crate::set_default_max_series) was called: 2,000.
pub const DEFAULT_MAX_SERIES: usize = 2_000;

static CURRENT: AtomicUsize = AtomicUsize::new(DEFAULT_MAX_SERIES);

/// How many rows a view without a bound of its own keeps.
pub(crate) fn default_max_series() -> usize {
    // Relaxed: no other memory is published by the number.
    CURRENT.load(Ordering::Relaxed)
}

/// Replaces the number of rows that [`default_max_series`] returns.
pub(crate) fn set_default_max_series(rows: usize) {
    CURRENT.store(rows, Ordering::Relaxed);
}

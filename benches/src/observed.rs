//! Values that are read at each scrape, for the group `observed`.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many values are read at each scrape.
pub(crate) const COUNT: usize = 1000;

/// What reads the values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadingKind {
    /// Each value is a metric of its own, with a function that reads it.
    Metrics,
    /// All values are one metric, with a label, and one function reads them.
    Values,
}

impl ReadingKind {
    pub(crate) const ALL: [Self; 2] = [Self::Metrics, Self::Values];

    /// The kind's name in groups and on the command lines of child processes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Values => "values",
        }
    }
}

/// Reads everything, and encodes it as the peer does; returns the body's length. For a peer that encodes nothing, returns the
/// number of values.
pub(crate) type Scrape = Box<dyn Fn() -> usize>;

/// A pool of which a value is read.
pub(crate) struct Pool {
    pub(crate) name: String,
    size: AtomicU64,
}

impl Pool {
    pub(crate) fn size(&self) -> u64 {
        self.size.load(Ordering::Relaxed)
    }
}

/// The pools.
pub(crate) static POOLS: LazyLock<Vec<Pool>> = LazyLock::new(|| {
    let pool = |index: usize| Pool {
        name: format!("pool_{index:04}"),
        size: AtomicU64::new(index as u64 + 1000),
    };
    (0..COUNT).map(pool).collect()
});

//! Rows that were removed: which, how many, and why.

use std::sync::atomic::Ordering;

use crate::id::{ChunkId, RowId};
use crate::sync::AtomicU64;

/// Why a row was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// It was idle.
    Idle,
    /// The program has removed it.
    Removed,
    /// The program has removed all rows.
    Cleared,
}

impl Removal {
    #[cfg(feature = "prometheus")]
    pub(crate) const ALL: [Self; 3] = [Self::Idle, Self::Removed, Self::Cleared];

    /// The value of the label `reason`.
    #[cfg(feature = "prometheus")]
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Removed => "removed",
            Self::Cleared => "cleared",
        }
    }
}

/// Rows that were removed.
#[derive(Debug, Default)]
pub(super) struct Removed {
    pub(super) rows: Vec<RowId>,
    /// The chunks that have no rows any more.
    pub(super) chunks: Vec<ChunkId>,
}

/// How much was removed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RemovedCount {
    pub(crate) rows: usize,
    /// How many chunks have no rows any more.
    pub(crate) chunks: usize,
}

/// How many rows were removed so far.
#[derive(Debug, Default)]
pub(super) struct RemovedRows([AtomicU64; 3]);

impl RemovedRows {
    pub(super) fn add(&self, reason: Removal, rows: usize) {
        if let Some(count) = self.0.get(reason as usize) {
            // Relaxed, as the load: no other memory is published by the count.
            count.fetch_add(u64::try_from(rows).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    #[cfg(feature = "prometheus")]
    pub(super) fn of(&self, reason: Removal) -> u64 {
        let count = self.0.get(reason as usize);
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

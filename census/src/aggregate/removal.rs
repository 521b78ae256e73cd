//! How rows are removed from a view.
//!
//! # Protocol
//!
//! 1. The row leaves the table: a measurement that is looked up there from now on makes a new row.
//! 2. The measure gets a new version (`register/interest.rs`), so that no thread finds the row in its cache. A measurement that
//!    begins after this is in a new row.
//! 3. If the row was the last one of its chunk, the chunk is [forgotten](super::rows::Rows::forget).
//!
//! After the first step, another thread that removes the same row does not find it. It waits for the second step.
//!
//! A measurement that found the row before may still be written to its words, which are not read any more: it goes with the
//! row. The same holds for the end of a guard that began in the row.
//!
//! An [idle](super::idle) row is marked first, and the measure gets the new version before the row leaves the table.

use std::sync::atomic::Ordering;

use super::live_view::LiveView;
use super::table::Removed;
use crate::sync::{AtomicU64, MutexGuard};

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
    fn count(&self, reason: Removal) -> Option<&AtomicU64> {
        self.0.get(reason as usize)
    }
}

impl LiveView {
    /// Removes the row of this key, if it is there. `renew_version` gives the measure a new version.
    pub(crate) fn remove_row(&self, key: &str, renew_version: impl FnOnce()) -> RemovedCount {
        if let Some(observed) = &self.observed {
            let rows = usize::from(observed.remove(key));
            return self.count_removed(rows, Removal::Removed);
        }
        let removing = self.removing.lock();
        let is_initial = self.initial_keys.contains(key);
        let removed = self.rows.table.remove(key, is_initial);
        self.finish_removal(removing, &removed, Removal::Removed, renew_version)
    }

    /// Removes all rows.
    pub(crate) fn clear(&self, renew_version: impl FnOnce()) -> RemovedCount {
        if let Some(observed) = &self.observed {
            return self.count_removed(observed.clear(), Removal::Cleared);
        }
        let removing = self.removing.lock();
        let removed = self.rows.table.clear(self.initial_keys.iter());
        self.finish_removal(removing, &removed, Removal::Cleared, renew_version)
    }

    fn finish_removal(
        &self,
        removing: MutexGuard<'_, ()>,
        removed: &Removed,
        reason: Removal,
        renew_version: impl FnOnce(),
    ) -> RemovedCount {
        if !removed.rows.is_empty() {
            // After the rows have left the table: a thread that sees the version does not find them there.
            renew_version();
        }
        drop(removing);
        self.forget(removed, reason)
    }

    /// Forgets rows that have left the table.
    pub(super) fn forget(&self, removed: &Removed, reason: Removal) -> RemovedCount {
        self.rows.forget(removed);
        RemovedCount {
            chunks: removed.chunks.len(),
            ..self.count_removed(removed.rows.len(), reason)
        }
    }

    fn count_removed(&self, rows: usize, reason: Removal) -> RemovedCount {
        if let Some(count) = self.removed.count(reason) {
            // Relaxed: no other memory is published by the count.
            count.fetch_add(u64::try_from(rows).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        RemovedCount { rows, chunks: 0 }
    }

    /// How many rows were removed for this reason.
    #[cfg(feature = "prometheus")]
    pub(crate) fn removed_rows(&self, reason: Removal) -> u64 {
        let count = self.removed.count(reason);
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

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

use super::live_view::LiveView;
use super::removed_rows::{Removal, Removed, RemovedCount};
use crate::sync::MutexGuard;

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

    /// Removes the rows of whose keys `is_meant` is true, as for this reason.
    pub(crate) fn remove_rows(
        &self,
        is_meant: impl Fn(&str) -> bool,
        reason: Removal,
        renew_version: impl FnOnce(),
    ) -> RemovedCount {
        if let Some(observed) = &self.observed {
            return self.count_removed(observed.remove_all(is_meant), reason);
        }
        let removing = self.removing.lock();
        let is_initial = |key: &str| self.initial_keys.contains(key);
        let removed = self.rows.table.remove_all(is_meant, is_initial);
        self.finish_removal(removing, &removed, reason, renew_version)
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
        self.removed.add(reason, rows);
        RemovedCount { rows, chunks: 0 }
    }
}

//! Rows that go because they are idle.
//!
//! A collection looks at the [activity](super::activity) of each row. A row whose activity has changed since the look before
//! counts as written at this look; so it stays at least as long as the view says, and up to the time between two looks
//! longer.
//!
//! # Protocol
//!
//! A row that was not written for half of the time is marked in the table as leaving. Then the measure gets a new version. So
//! each measurement that begins later is looked up in the table, which takes the mark from its row: a row that is still marked
//! was written, if at all, by measurements that had found it before. When such a row is not written for all of the time, it is
//! removed.
//!
//! A row may be marked and removed by one look, if there was no look in between. Then the activity is read again after the
//! version was changed, and a row that was written meanwhile stays. What remains is a thread that had found the row before, and
//! writes to it after that: its measurement goes with the row. Where looks are more frequent, half of the time must lie between
//! the two, so that the system must have stopped the thread.

use std::time::Instant;

use super::activity::Activity;
use super::live_view::LiveView;
use super::looks::{Idle, Looks, Seen, see};
use super::removed_rows::{Removal, Removed, RemovedCount};
use super::rows_at::{ROWS_PER_READ, RowsAt};
use crate::declare::Occasion;
use crate::id::RowId;

/// Between two looks that are made because a view is full, this part of the time passes at least.
const LOOKS_WHEN_FULL: u32 = 16;

/// How many rows are marked or removed under one hold of the table's lock, for which new rows wait.
const ROWS_PER_CHANGE: usize = 4 * ROWS_PER_READ;

impl LiveView {
    /// Removes the rows that are idle. `renew_version` gives the measure a new version. If the view is full, this does nothing
    /// if another thread looks at the rows, or if they were looked at a short time ago.
    pub(crate) fn remove_idle(
        &self,
        occasion: Occasion,
        renew_version: impl FnOnce(),
    ) -> RemovedCount {
        let Some(idle) = &self.idle else {
            return RemovedCount::default();
        };
        let looks = match occasion {
            Occasion::Collection => Some(idle.looks.lock()),
            Occasion::Full => idle.looks.try_lock().filter(|looks| {
                let pause = idle.after / LOOKS_WHEN_FULL;
                looks.last.is_none_or(|last| last.elapsed() >= pause)
            }),
        };
        looks.map_or_else(RemovedCount::default, |mut looks| {
            self.look(idle, &mut looks, renew_version)
        })
    }

    fn look(&self, idle: &Idle, looks: &mut Looks, renew_version: impl FnOnce()) -> RemovedCount {
        let now = Instant::now();
        looks.last = Some(now);
        let not_written_for = |seen: &Seen| now.saturating_duration_since(seen.written);
        let mut leaving = Vec::new();
        self.look_at_all(looks, |seen| {
            if not_written_for(seen) >= idle.after / 2 && !seen.activity.has_open_guards() {
                leaving.push(*seen);
            }
        });
        leaving.retain(|seen| !self.is_initial(seen.row));
        if leaving.is_empty() {
            return RemovedCount::default();
        }
        let rows: Vec<RowId> = leaving.iter().map(|seen| seen.row).collect();
        let groups = rows.chunks(ROWS_PER_CHANGE);
        let marked = groups.map(|rows| self.rows.table.mark_leaving(rows));
        if marked.sum::<usize>() > 0 {
            renew_version();
        }
        leaving.retain(|seen| not_written_for(seen) >= idle.after);
        if leaving.is_empty() {
            return RemovedCount::default();
        }
        // Again: they may have been written before threads saw the new version.
        let mut still_idle = Vec::new();
        self.look_at_all(looks, |seen| {
            if not_written_for(seen) >= idle.after && !seen.activity.has_open_guards() {
                still_idle.push(seen.row);
            }
        });
        let mut removed = Removed::default();
        for rows in still_idle.chunks(ROWS_PER_CHANGE) {
            // Rows that are not marked stay.
            self.rows.table.remove_leaving(rows, &mut removed);
        }
        self.forget(&removed, Removal::Idle)
    }

    /// Looks at all rows, and calls `f` with what is seen of each.
    fn look_at_all(&self, looks: &mut Looks, mut f: impl FnMut(&Seen)) {
        let table = &self.rows.table;
        let extent = table.extent();
        let mut rows = RowsAt::default();
        let mut read = [Activity::default(); ROWS_PER_READ];
        for start in (0..extent.positions).step_by(ROWS_PER_READ) {
            let end = (start + ROWS_PER_READ).min(extent.positions);
            table.read(start..end, extent, &mut rows);
            let group = start / ROWS_PER_READ;
            if rows.are_there == 0 {
                looks.forget(group);
                continue;
            }
            self.rows.read_activity(start, &mut rows, &mut read);
            // Not the begin of the look, which may take long: a row that was written since would seem to be idle for longer than
            // it is.
            let now = Instant::now();
            let seen = looks.group(group, end - start);
            for (index, (seen, activity)) in seen.iter_mut().zip(read).enumerate() {
                if rows.are_there & (1 << index) != 0 {
                    let row = rows.row_at(&self.rows.format, start + index);
                    f(see(seen, &self.rows.format, row, activity, now));
                }
            }
        }
    }

    /// Whether the view has the row from the start.
    fn is_initial(&self, row: RowId) -> bool {
        let is_initial = |key: &str| self.initial_keys.contains(key);
        self.rows.table.is_uncounted(row, is_initial)
    }
}

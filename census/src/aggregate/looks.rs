//! What collections have seen of a view's rows: when they were written.

use std::time::{Duration, Instant};

use super::activity::Activity;
use super::row_format::RowFormat;
use crate::id::RowId;
use crate::sync::Mutex;

/// Of a view whose rows go when they are idle.
#[derive(Debug)]
pub(super) struct Idle {
    /// How long a row was not written when it goes.
    pub(super) after: Duration,
    pub(super) looks: Mutex<Looks>,
}

#[derive(Debug, Default)]
pub(super) struct Looks {
    /// When the rows were looked at last.
    pub(super) last: Option<Instant>,
    /// What was seen at each position, for each group of successive positions; nothing for a group without rows, so that a view
    /// that had many rows does not stay large.
    seen: Vec<Vec<Option<Seen>>>,
}

impl Looks {
    /// What was seen at the positions of a group.
    pub(super) fn group(&mut self, group: usize, positions: usize) -> &mut [Option<Seen>] {
        if self.seen.len() <= group {
            self.seen.resize_with(group + 1, Vec::new);
        }
        let Some(group) = self.seen.get_mut(group) else {
            return &mut [];
        };
        if group.len() < positions {
            group.resize(positions, None);
        }
        group
    }

    /// Forgets what was seen at the positions of a group.
    pub(super) fn forget(&mut self, group: usize) {
        if let Some(group) = self.seen.get_mut(group) {
            *group = Vec::new();
        }
    }
}

/// What was seen of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) row: RowId,
    pub(super) activity: Activity,
    /// When the row was read at the look that found it written, or saw it first.
    pub(super) written: Instant,
}

impl Idle {
    pub(super) fn new(after: Duration) -> Self {
        Self {
            after,
            looks: Mutex::default(),
        }
    }
}

/// Adds what is seen of a row to what was seen at its position before.
pub(super) fn see<'s>(
    seen: &'s mut Option<Seen>,
    format: &RowFormat,
    row: RowId,
    activity: Activity,
    now: Instant,
) -> &'s Seen {
    let of_row = seen.filter(|seen| seen.row == row);
    let mut new = of_row.unwrap_or(Seen {
        row,
        activity: Activity::default(),
        written: now,
    });
    if new.activity.update(format, activity) {
        new.written = now;
    }
    seen.insert(new)
}

//! First meetings: the views' own tables are asked.

use std::sync::Arc;

use crate::aggregate::{LiveView, RowLookup, Target};
use crate::declare::TagKey;
use crate::id::RowId;
use crate::tags::row_key;

/// Where a measurement goes: one target for each view. A thread uses it again and again, so that it need not allocate.
#[derive(Default)]
pub(super) struct FoundTargets {
    targets: Vec<Target>,
    /// Whether one of them is not to be remembered.
    passing: bool,
    /// What the table of the view is asked.
    key: String,
}

impl FoundTargets {
    /// Asks the views: `value_of` is a tag's value, and `target` is where in the row to record, and whether to remember
    /// that.
    pub(super) fn find<'v>(
        &mut self,
        views: impl Iterator<Item = Arc<LiveView>>,
        value_of: impl Fn(&TagKey) -> &'v str,
        mut target: impl FnMut(&Arc<LiveView>, RowId) -> (Target, bool),
    ) {
        self.clear();
        self.passing = false;
        for view in views {
            self.key.clear();
            for column in view.spec.columns.iter() {
                row_key::push(&mut self.key, value_of(column.key()));
            }
            let (row, is_overflow) = match view.find_or_add(&self.key) {
                RowLookup::Row(row) => (row, false),
                RowLookup::Overflow(row) => (row, true),
            };
            let (target, remember) = target(&view, row);
            // If it is an overflow row, the next measurement is to be counted, too.
            self.passing |= is_overflow || !remember;
            self.targets.push(target);
        }
    }

    /// The targets; nothing if they are not to be remembered, or some of so many views are gone.
    pub(super) fn to_remember(&self, views: usize) -> Option<&[Target]> {
        (!self.passing && self.targets.len() == views).then_some(&self.targets)
    }

    /// Calls `f` for each target.
    pub(super) fn each(&self, f: impl FnMut(&Target)) {
        self.targets.iter().for_each(f);
    }

    /// Forgets the targets: a chunk that is kept here would outlive its view.
    pub(super) fn clear(&mut self) {
        self.targets.clear();
    }
}

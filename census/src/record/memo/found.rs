//! First meetings: the views' own tables are asked.

use std::sync::Arc;

use crate::aggregate::{Found, LiveView, Target};
use crate::declare::TagKey;
use crate::tags::packed;

/// Where a measurement goes: one target for each view.
pub(super) struct FoundTargets {
    pub(super) targets: Vec<Target>,
    /// Whether one of them is an overflow row. That is not to be remembered: the next measurement is to be counted, too.
    pub(super) overflowed: bool,
}

impl FoundTargets {
    pub(super) fn record(&self, bits: u64) {
        self.targets.iter().for_each(|target| target.record(bits));
    }

    /// Asks the views: `value_of` is a tag's value, and `target` is where in the row to record.
    pub(super) fn new<'v>(
        views: impl Iterator<Item = Arc<LiveView>>,
        value_of: impl Fn(&TagKey) -> &'v str,
        mut target: impl FnMut(&Arc<LiveView>, usize) -> Target,
    ) -> Self {
        let mut found = Self {
            targets: Vec::with_capacity(views.size_hint().1.unwrap_or_default()),
            overflowed: false,
        };
        let mut key = String::new();
        for view in views {
            key.clear();
            for column in view.spec.columns.iter() {
                packed::push(&mut key, value_of(column));
            }
            let row = match view.find(&key) {
                Found::Row(row) => row,
                Found::Overflow(row) => {
                    found.overflowed = true;
                    row
                }
            };
            found.targets.push(target(&view, row));
        }
        found
    }
}

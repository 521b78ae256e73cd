//! From tag values to targets by way of the views' own tables: for measurements that no cache has.

use std::sync::Arc;

use crate::aggregate::{LiveView, RowLookup, Target};
use crate::declare::TagKey;
use crate::id::RowId;
use crate::register::make_room;

/// The rows of one measurement, one in each view. The buffers are used again, so that most measurements allocate
/// nothing.
#[derive(Default)]
pub(super) struct RowResolver {
    targets: Vec<Target>,
    are_cacheable: bool,
    /// A buffer for the keys of rows.
    row_key: String,
}

/// The target of a row, as found for one measurement.
pub(super) struct ResolvedTarget {
    pub(super) target: Target,
    /// Whether the target is worth an entry in a cache.
    pub(super) is_cacheable: bool,
}

impl RowResolver {
    /// Finds or adds the row of a measurement in each view. `value_of` returns the value of a column, and `target_of`
    /// the target for a row.
    pub(super) fn resolve<'v>(
        &mut self,
        views: impl Iterator<Item = Arc<LiveView>>,
        value_of: impl Fn(&TagKey) -> &'v str,
        mut target_of: impl FnMut(&Arc<LiveView>, RowId) -> ResolvedTarget,
    ) {
        self.targets.clear();
        self.are_cacheable = true;
        for view in views {
            self.row_key.clear();
            view.push_row_key(&mut self.row_key, &value_of);
            let (row, is_overflow) = match view.find_or_add(&self.row_key, make_room) {
                RowLookup::Row(row) => (row, false),
                RowLookup::Overflow(row) => (row, true),
            };
            let resolved = target_of(&view, row);
            // The overflow row is not cached, so that each measurement that goes there is counted as overflowed.
            self.are_cacheable &= resolved.is_cacheable && !is_overflow;
            self.targets.push(resolved.target);
        }
    }

    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The targets, if they should be cached and are those of `views` views. (There are fewer if a view was
    /// unregistered since its measure's version was loaded.)
    pub(super) fn cacheable_targets(&self, views: usize) -> Option<&[Target]> {
        (self.are_cacheable && self.targets.len() == views).then_some(&self.targets)
    }

    /// Drops the targets: a target keeps its chunk alive, also when the view is unregistered.
    pub(super) fn clear(&mut self) {
        self.targets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::cache::testing;

    #[test]
    fn the_overflow_row_is_not_cacheable() {
        let views = [testing::view(1), testing::view(2)];
        let mut resolver = RowResolver::default();
        for (value, is_cacheable) in [("first", true), ("second", false), ("first", true)] {
            resolver.resolve(
                views.iter().cloned(),
                |_| value,
                |view, row| ResolvedTarget {
                    target: view.rows.shared_target(row),
                    is_cacheable: true,
                },
            );
            assert_eq!(resolver.targets().len(), views.len());
            assert_eq!(
                resolver.cacheable_targets(2).is_some(),
                is_cacheable,
                "{value}"
            );
            assert!(resolver.cacheable_targets(3).is_none());
        }
    }
}

//! Recording without a cache, in the words that all threads share: slow, but possible at any time.

use std::sync::Arc;

use super::row_resolver::{ResolvedTarget, RowResolver};
use crate::aggregate::{LiveView, Target};
use crate::declare::TagKey;

/// Finds or adds the row of a measurement in each view, and calls `f` for the shared target of each row. `value_of`
/// returns the value of a column.
pub(super) fn for_each_shared_target<'v>(
    views: impl Iterator<Item = Arc<LiveView>>,
    value_of: impl Fn(&TagKey) -> &'v str,
    f: &mut (impl FnMut(&Target) + ?Sized),
) {
    let mut resolver = RowResolver::default();
    resolver.resolve(views, value_of, |view, row| ResolvedTarget {
        target: view.rows.shared_target(row),
        is_cacheable: false,
    });
    resolver.targets().iter().for_each(f);
}

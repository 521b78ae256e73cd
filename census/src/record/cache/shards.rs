//! The shards of one thread: the words of each view that belong to the thread.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::row_resolver::ResolvedTarget;
use crate::aggregate::{LiveView, Shard, Target, TargetName};
use crate::id::{RowId, ThreadId, ViewId};

/// The shards of one thread, by the views' ids. Unlike a cache, they must not be dropped while the thread records:
/// dropping a shard retires its chunks.
#[derive(Default)]
pub(super) struct Shards(BTreeMap<ViewId, Shard>);

impl Shards {
    /// The thread's target for a row.
    pub(super) fn target(
        &mut self,
        thread: ThreadId,
        view: &Arc<LiveView>,
        row: RowId,
    ) -> ResolvedTarget {
        let new_shard = || Shard::new(&view.rows, thread);
        let shard = self.0.entry(view.id()).or_insert_with(new_shard);
        ResolvedTarget {
            is_cacheable: shard.should_cache(&view.rows, row),
            target: shard.target(&view.rows, row),
        }
    }

    /// The target of this name, if this thread has its words.
    pub(super) fn own_target(&self, name: &TargetName) -> Option<Target> {
        self.0.get(&name.view)?.own_target(name)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the thread has a shard of this view.
    pub(super) fn has(&self, view: ViewId) -> bool {
        self.0.contains_key(&view)
    }

    /// Drops the shards of these views, which are not registered any more.
    pub(super) fn drop_views(&mut self, views: &[ViewId]) {
        for view in views {
            self.0.remove(view);
        }
    }

    /// Drops the shards of all views but these, which are all that are registered.
    pub(super) fn drop_others(&mut self, registered: &BTreeSet<ViewId>) {
        self.0.retain(|view, _| registered.contains(view));
    }
}

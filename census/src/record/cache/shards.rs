//! The shards of one thread: the words of each view that belong to the thread.

use std::sync::Arc;

use super::row_resolver::ResolvedTarget;
use crate::aggregate::{LiveView, Shard, Target, TargetName};
use crate::id::{RowId, ThreadId, ViewId};

/// The shards of one thread, by the views' ids. Unlike a cache, they must not be dropped while the thread records:
/// dropping a shard retires its chunks.
///
/// A sorted list: a new shard usually is that of the newest view, and so comes last.
#[derive(Default)]
pub(super) struct Shards(Vec<(ViewId, Shard)>);

impl Shards {
    /// The index of a view's shard, or the index at which it is to be inserted.
    fn index_of(&self, view: ViewId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&view, |(view, _)| *view)
    }

    /// The thread's target for a row.
    pub(super) fn target(
        &mut self,
        thread: ThreadId,
        view: &Arc<LiveView>,
        row: RowId,
    ) -> ResolvedTarget {
        let index = self.index_of(view.id()).unwrap_or_else(|index| {
            let shard = Shard::new(&view.rows, thread);
            self.0.insert(index, (view.id(), shard));
            index
        });
        let Some((_, shard)) = self.0.get_mut(index) else {
            unreachable!("the shard is there, or was inserted");
        };
        ResolvedTarget {
            is_cacheable: shard.should_cache(&view.rows, row),
            target: shard.target(&view.rows, row),
        }
    }

    /// The target of this name, if this thread has its words.
    pub(super) fn own_target(&self, name: &TargetName) -> Option<Target> {
        let (_, shard) = self.0.get(self.index_of(name.view).ok()?)?;
        shard.own_target(name)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the thread has a shard of this view.
    pub(super) fn has(&self, view: ViewId) -> bool {
        self.index_of(view).is_ok()
    }

    /// Whether the thread keeps chunks of this view.
    #[cfg(all(test, census_model))]
    pub(super) fn has_chunks(&self, view: ViewId) -> bool {
        let mut shards = self.0.iter();
        shards.any(|(id, shard)| *id == view && shard.has_chunks())
    }

    /// Drops the shards of these views, which are not registered any more.
    pub(super) fn drop_views(&mut self, views: &[ViewId]) {
        for view in views {
            if let Ok(index) = self.index_of(*view) {
                self.0.remove(index);
            }
        }
    }

    /// Drops the words of rows that are gone, in the shards of the views of which `may_have` is true.
    pub(super) fn drop_gone(&mut self, may_have: impl Fn(ViewId) -> bool) {
        for (view, shard) in &mut self.0 {
            if may_have(*view) {
                shard.drop_gone();
            }
        }
    }

    /// Drops the shards of all views but these, which are all that are registered.
    pub(super) fn drop_others(&mut self, registered: &[ViewId]) {
        self.0
            .retain(|(view, _)| registered.binary_search(view).is_ok());
    }
}

//! Unregistering views, which also clears this thread's cache.

use super::cache;
use crate::declare::{View, ViewSet, ViewSpec};
use crate::register::unregister_views;

impl<A> View<A> {
    /// Unregisters the view, and frees its rows. Returns whether the view was registered. It is gone for the whole
    /// program, also for exporters that it was [given to](ViewSet#who-holds-a-view). Later measurements are not
    /// recorded to the view. If no other view uses its measure, recording to the measure costs one load.
    ///
    /// Each thread caches parts of the rows. This thread frees them at once. Another thread frees them when it ends, or
    /// when it next records a measurement that is not in its cache, or whose tags are not all literals or enums. (The
    /// tags of a [`BoundMeasure`](crate::record::BoundMeasure) that the thread has recorded before count as literals.)
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn unregister(&self) -> bool {
        unregister(&[self.spec()]) > 0
    }
}

impl ViewSet {
    /// Unregisters the views, as [`View::unregister`] does: for the whole program, whether or not they are optional.
    /// Returns how many of them were registered.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn unregister(&self) -> usize {
        unregister(&self.specs().collect::<Vec<_>>())
    }
}

fn unregister(views: &[ViewSpec]) -> usize {
    let removed = unregister_views(views);
    if removed > 0 {
        cache::invalidate_current();
    }
    removed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::declare::{Measure, View};
    use crate::register::{CatalogueError, find};
    use crate::tags::TagMap;

    #[test]
    fn unregistering_frees_the_rows_at_once() -> Result<(), CatalogueError> {
        let measure = Measure::<u64>::builder("freed").register()?;
        let view = View::count("freed", &measure).register()?;
        let bound = measure.bind(TagMap::new());
        measure.record(1);
        bound.record(1);
        let rows = find(&view.spec()).map(|live| Arc::downgrade(&live.rows));
        let rows = rows.expect("the view is registered");
        assert!(rows.strong_count() > 0);
        // The thread has cached targets, but no cache keeps rows alive.
        view.unregister();
        assert_eq!(rows.strong_count(), 0);
        bound.record(1);
        view.register()?;
        bound.record(1);
        assert_eq!(view.data().get(&TagMap::new()), Some(&1));
        Ok(())
    }
}

//! Unregistering a view, which also frees what this thread has cached of it.

use super::memo;
use crate::declare::View;
use crate::register::unregister_view;

impl<A> View<A> {
    /// Unregisters the view, and frees its rows. Returns whether it was registered. Measurements no longer count for it;
    /// if it was the last view of its measure, recording costs nothing.
    ///
    /// This thread frees at once what it has cached of the rows. Another thread that has recorded for the view frees that
    /// when it ends, or when it next records tags that it has not met, or tags that are not all literals or enums. (The
    /// tags of a [`BoundMeasure`](crate::BoundMeasure) that the thread has met count as literals.)
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn unregister(&self) -> bool {
        let was_registered = unregister_view(&self.spec());
        if was_registered {
            memo::forget();
        }
        was_registered
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};

    use crate::aggregate::{LiveView, Rows};
    use crate::declare::{Count, Measure, View};
    use crate::register::{CatalogueError, find};
    use crate::tags::TagMap;

    fn rows(view: &View<Count>) -> Weak<Rows> {
        let live: Option<Arc<LiveView>> = find(&view.spec());
        live.map_or_else(Weak::new, |live| Arc::downgrade(&live.rows))
    }

    #[test]
    fn unregistering_frees_the_rows_at_once() -> Result<(), CatalogueError> {
        let measure = Measure::<u64>::builder("freed").register()?;
        let view = View::count("freed", &measure).register()?;
        let bound = measure.bind(TagMap::new());
        measure.record(1);
        bound.record(1);
        let rows = rows(&view);
        assert!(rows.strong_count() > 0);
        // The thread has cached where it recorded, but no cache keeps rows alive.
        view.unregister();
        assert_eq!(rows.strong_count(), 0);
        bound.record(1);
        view.register()?;
        bound.record(1);
        assert_eq!(view.data().get(&TagMap::new()), Some(&1));
        Ok(())
    }
}

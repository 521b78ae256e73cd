//! What is freed, and when.

use std::sync::{Arc, Weak};

use crate::aggregate::LiveView;
use crate::declare::{Count, Measure, View};
use crate::register::{CatalogueError, find};
use crate::tags::TagMap;

/// A view as it records, without keeping it alive.
fn live(view: &View<Count>) -> Weak<LiveView> {
    find(&view.spec())
        .as_ref()
        .map_or_else(Weak::new, Arc::downgrade)
}

#[test]
fn unregistering_frees_the_rows_at_once() -> Result<(), CatalogueError> {
    let measure = Measure::<u64>::builder("freed").register()?;
    let view = View::count("freed", &measure).register()?;
    let bound = measure.bind(TagMap::new());
    measure.record(1);
    bound.record(1);
    let rows = live(&view);
    assert!(rows.strong_count() > 0);
    // Threads remember where they recorded, but keep no view alive.
    view.unregister();
    assert_eq!(rows.strong_count(), 0);
    bound.record(1);
    view.register()?;
    bound.record(1);
    assert_eq!(view.data().get(&TagMap::new()), Some(&1));
    Ok(())
}

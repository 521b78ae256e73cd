//! What is freed, and when.

use std::sync::Weak;

use std::sync::Arc;

use crate::declare::{Count, Measure, View};
use crate::register::CatalogueError;
use crate::register::find;
use crate::tags::TagMap;

/// A view's rows, without keeping them alive.
fn rows(view: &View<Count>) -> Vec<Weak<crate::aggregate::Row>> {
    let live = find(&view.spec());
    let rows = live.iter().flat_map(|live| live.rows.list());
    rows.map(|row| Arc::downgrade(&row)).collect()
}

#[test]
fn unregistering_frees_the_rows_at_once() -> Result<(), CatalogueError> {
    let measure = Measure::<u64>::builder("freed").register()?;
    let view = View::count("freed", &measure).register()?;
    let bound = measure.bind(TagMap::empty());
    measure.record(1);
    let all = rows(&view);
    assert_eq!(all.iter().filter_map(Weak::upgrade).count(), 1);
    view.unregister();
    assert_eq!(all.iter().filter_map(Weak::upgrade).count(), 0);

    // Where something else remembers them, with its next measurement.
    view.register()?;
    bound.record(1);
    let all = rows(&view);
    view.unregister();
    assert_eq!(all.iter().filter_map(Weak::upgrade).count(), 1);
    bound.record(1);
    assert_eq!(all.iter().filter_map(Weak::upgrade).count(), 0);
    Ok(())
}

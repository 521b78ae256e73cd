//! Measures that are read: what their views show, and when they are read. What a reading that fails costs is in
//! `observed_failures`.

mod forms;
mod gauges;
mod run_time;
mod sharing;
mod stale;
mod totals;

use std::sync::{Mutex, MutexGuard, PoisonError};

use census::{Aggregation, View};

/// One test runs at a time: a scrape of one reads the measures of all.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The rows of a view: the values of its columns, and its data.
fn rows<A: Aggregation>(view: &View<A>) -> Vec<(Vec<String>, A::Data)> {
    let data = view.data();
    let rows = data.rows.iter();
    rows.map(|row| {
        let values = row.tags().map(|(_, value)| value.to_owned()).collect();
        (values, row.data.clone())
    })
    .collect()
}

/// A row as [`rows`] returns it.
fn row<D>(values: &[&str], data: impl Into<D>) -> (Vec<String>, D) {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    (values, data.into())
}

//! The rows of a view of an observed measure.
//!
//! Such a view has no words and no chunks. Its rows are made for each collection, from what was read for that
//! collection. From one collection to the next it keeps a count of values that went to overflow rows and, if it shows
//! running totals, the
//! [`Totals`]. They are behind one lock, under which no code of a user runs.
//!
//! *Invariant: what a run has read changes the kept state once, and in the order of the runs.* Several collections can
//! share a run, and a collection may come after one of a later run. [`State::run`] is the last run that was counted.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::aggregation;
use super::reading::{Bounded, Reading, Run};
use super::totals::Totals;
use crate::declare::ValueBits;
use crate::sync::Mutex;
use crate::tags::{TagMap, row_key};

/// The rows of a collection, sorted by the values of their columns.
#[derive(Debug, Default)]
pub(crate) struct ObservedRows(Vec<(String, ValueBits)>);

impl ObservedRows {
    /// The rows in the order of their values.
    fn sorted(mut rows: Vec<(String, ValueBits)>) -> Self {
        rows.sort_by(|(a, _), (b, _)| row_key::values(a).cmp(row_key::values(b)));
        Self(rows)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, ValueBits)> {
        self.0.iter().map(|(key, bits)| (key.as_str(), *bits))
    }

    /// Whether there are no rows.
    #[cfg(feature = "prometheus")]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many rows there are.
    #[cfg(feature = "prometheus")]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// What a view of an observed measure keeps from one collection to the next.
#[derive(Debug)]
pub(super) struct ObservedState {
    /// Whether the view shows running totals.
    has_totals: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last run that was counted; 0 if there was none.
    run: u64,
    /// How many values went to overflow rows.
    overflowed: u64,
    totals: Totals,
}

impl ObservedState {
    pub(super) fn new(has_totals: bool) -> Self {
        Self {
            has_totals,
            state: Mutex::default(),
        }
    }

    /// How many values went to overflow rows.
    pub(super) fn overflowed(&self) -> u64 {
        self.state.lock().overflowed
    }

    /// Removes the kept total of the row of this key. Returns whether there was one.
    pub(super) fn remove(&self, key: &str) -> bool {
        self.state.lock().totals.remove(key)
    }

    /// Removes the kept totals of whose keys `is_meant` is true. Returns how many there were.
    pub(super) fn remove_all(&self, is_meant: impl Fn(&str) -> bool) -> usize {
        self.state.lock().totals.remove_all(is_meant)
    }

    /// The rows for a collection that has this run. `key_of` returns the key of the row for tags.
    pub(super) fn rows(
        &self,
        view: &Bounded<'_>,
        run: &Run<'_>,
        key_of: impl Fn(&TagMap) -> String,
    ) -> ObservedRows {
        if self.has_totals {
            let mut state = self.state.lock();
            if state.run < run.number {
                state.run = run.number;
                state.overflowed += state.totals.apply(view, run, key_of);
            }
            return ObservedRows::sorted(state.totals.rows(view.format));
        }
        let (rows, overflowed) = combine(view, run, key_of);
        let mut state = self.state.lock();
        if state.run < run.number {
            state.run = run.number;
            state.overflowed += overflowed;
        }
        drop(state);
        ObservedRows::sorted(rows.into_iter().collect())
    }
}

/// The rows that a run's values make, and how many values went to overflow rows.
fn combine(
    view: &Bounded<'_>,
    run: &Run<'_>,
    key_of: impl Fn(&TagMap) -> String,
) -> (HashMap<String, ValueBits>, u64) {
    let mut rows: HashMap<String, ValueBits> = HashMap::new();
    let (mut counted, mut overflowed) = (0, 0);
    for Reading { tags, bits } in run.readings.iter().flat_map(|(_, values)| *values) {
        let mut key = key_of(tags);
        if !rows.contains_key(&key) {
            if counted < view.max_series {
                counted += 1;
            } else {
                overflowed += 1;
                key = view.overflow_key(&key);
            }
        }
        match rows.entry(key) {
            Entry::Occupied(mut row) => {
                let total = aggregation::combine(view.format, Some(*row.get()), *bits);
                row.insert(total.unwrap_or(*bits));
            }
            Entry::Vacant(row) => {
                let total = aggregation::combine(view.format, None, *bits);
                row.insert(total.unwrap_or(*bits));
            }
        }
    }
    (rows, overflowed)
}

//! Rows that are known before the first measurement.

use std::collections::BTreeSet;

use super::slices::FUNCTIONS;
use crate::calls::{FUNCTION, MODULE, RESULT};
use crate::declare::ViewSpec;
use crate::tags::packed;

/// The keys of the rows that a view has from the start: its only one, if it has no columns; those of the functions that
/// record into its measure, if its columns are theirs.
pub(crate) fn initial_rows(view: &ViewSpec) -> BTreeSet<String> {
    if view.columns.is_empty() {
        return BTreeSet::from([String::new()]);
    }
    let own = [&FUNCTION, &MODULE, &RESULT];
    let by_result = view.columns.contains(&RESULT);
    let measure = &view.measure;
    if !view.columns.iter().all(|key| own.contains(&key)) {
        return BTreeSet::new();
    }
    let mut keys = BTreeSet::new();
    for function in FUNCTIONS.iter().filter(|function| {
        // What is under way has no result yet, and which calls return a value nobody knows.
        function.times(measure) || !by_result && function.records(measure)
    }) {
        let results = if by_result { function.results() } else { &[""] };
        for result in results {
            let mut key = String::new();
            for column in view.columns.iter() {
                let value = if *column == FUNCTION {
                    function.name()
                } else if *column == MODULE {
                    function.module()
                } else {
                    result
                };
                packed::push(&mut key, value);
            }
            keys.insert(key);
        }
    }
    keys
}

//! The rows that a view has before its first measurement.

use std::collections::BTreeSet;

use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{Column, FUNCTIONS, ViewSpec, elements};
use crate::tags::{AsTagValue as _, row_key};

/// The keys of the rows that a view has from the start. A view without columns has its only row. A view whose columns
/// are all among `FUNCTION`, `MODULE` and `RESULT` has a row for each measured function that records into its measure;
/// with `RESULT`, a row for each known result of each function whose durations go into its measure.
pub(super) fn initial_keys(view: &ViewSpec) -> BTreeSet<String> {
    if view.columns.is_empty() {
        return BTreeSet::from([String::new()]);
    }
    let columns: Vec<_> = view.columns.iter().map(Column::key).collect();
    let is_of_functions = columns
        .iter()
        .all(|key| [&FUNCTION, &MODULE, &RESULT].contains(key));
    if !is_of_functions {
        return BTreeSet::new();
    }
    let by_result = columns.contains(&&RESULT);
    let measure = &view.measure;
    let mut keys = BTreeSet::new();
    for function in elements(&FUNCTIONS).iter().filter(|function| {
        // A call in flight has no result yet, and it is not known beforehand which calls return a value.
        function.times(measure) || !by_result && function.records(measure)
    }) {
        let results: Vec<CallResult> = if by_result {
            CallResult::known(function.results()).collect()
        } else {
            // One row, in which no column has it.
            vec![CallResult::Ok]
        };
        for result in &results {
            let result = result.as_tag_value();
            let mut key = String::new();
            for column in &columns {
                let value = if **column == FUNCTION {
                    function.name()
                } else if **column == MODULE {
                    function.module()
                } else {
                    result.get().unwrap_or_default()
                };
                row_key::push(&mut key, value);
            }
            keys.insert(key);
        }
    }
    keys
}

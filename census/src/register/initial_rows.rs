//! The rows that a view has before its first measurement.

use std::collections::BTreeSet;

use crate::aggregate::ColumnValues;
use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{Column, FUNCTIONS, TagKey, ViewSpec, elements};
use crate::tags::{AsTagValue as _, row_key};

/// The keys of the rows that a view has from the start. A view without columns has its only row. A view whose columns
/// are all closed, or are `FUNCTION`, `MODULE` and `RESULT`, has a row for each combination of the closed columns'
/// values. (A view of an observed measure has only the rows that are read.) With one of those three, it has these rows
/// for each measured function that records into its measure; with `RESULT`, for each known result of each function
/// whose durations go into its measure.
pub(super) fn initial_keys(view: &ViewSpec, columns: &[ColumnValues]) -> BTreeSet<String> {
    if !view.has_zero_rows || view.measure.descriptor.source.is_observed() {
        return BTreeSet::new();
    }
    let keys = view.columns.iter().map(Column::key);
    let of_functions: Vec<bool> = keys
        .zip(columns)
        .map(|(key, values)| !is_closed(values) && is_of_functions(key))
        .collect();
    let mut are_known = columns.iter().zip(&of_functions);
    if !are_known.all(|(values, of_functions)| is_closed(values) || *of_functions) {
        return BTreeSet::new();
    }
    let parts = if of_functions.contains(&true) {
        function_values(view)
    } else {
        BTreeSet::from([FunctionValues::default()])
    };
    let mut keys = BTreeSet::new();
    for part in &parts {
        let choices: Vec<Vec<&str>> = view
            .columns
            .iter()
            .zip(columns)
            .map(|(column, values)| match values {
                ColumnValues::Closed(values) => values.iter().collect(),
                _ => vec![part.of(column.key())],
            })
            .collect();
        keys.extend(combinations(&choices));
    }
    keys
}

fn is_closed(values: &ColumnValues) -> bool {
    matches!(values, ColumnValues::Closed(_))
}

fn is_of_functions(key: &TagKey) -> bool {
    [&FUNCTION, &MODULE, &RESULT].contains(&key)
}

/// The values of `FUNCTION`, `MODULE` and `RESULT` in one row; of a column that the view does not have, the empty text.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct FunctionValues {
    function: &'static str,
    module: &'static str,
    result: String,
}

impl FunctionValues {
    fn of(&self, key: &TagKey) -> &str {
        if *key == FUNCTION {
            self.function
        } else if *key == MODULE {
            self.module
        } else {
            &self.result
        }
    }
}

/// The values that the calls of the program's functions give to a view's columns.
fn function_values(view: &ViewSpec) -> BTreeSet<FunctionValues> {
    let has = |key: &TagKey| view.columns.iter().any(|column| column.key() == key);
    let by_result = has(&RESULT);
    let measure = &view.measure;
    let mut values = BTreeSet::new();
    for function in elements(&FUNCTIONS).iter().filter(|function| {
        // A call in flight has no result yet, and it is not known beforehand which calls return a value.
        function.times(measure) || !by_result && function.records(measure)
    }) {
        let results: Vec<String> = if by_result {
            let results = CallResult::known(function.results());
            let text = |result: CallResult| result.as_tag_value().get().map(str::to_owned);
            results.filter_map(text).collect()
        } else {
            vec![String::new()]
        };
        values.extend(results.into_iter().map(|result| FunctionValues {
            function: function.name(),
            module: function.module(),
            result,
        }));
    }
    values
}

/// The keys of the rows that have one of its choices in each column.
fn combinations(choices: &[Vec<&str>]) -> Vec<String> {
    let mut keys = vec![String::new()];
    for values in choices {
        let longer = keys.iter().flat_map(|key| {
            values.iter().map(|value| {
                let mut key = key.clone();
                row_key::push(&mut key, value);
                key
            })
        });
        keys = longer.collect();
    }
    keys
}

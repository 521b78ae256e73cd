//! The rows that a view has before its first measurement.

use super::column_values::max_series;
use crate::aggregate::{ColumnSets, ColumnValues, SortedValues};
use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{Column, FUNCTIONS, TagKey, ViewSpec, elements};
use crate::tags::{AsTagValue as _, row_key};

/// The keys of the rows that a view has from the start. A view without columns has its only row. A view whose columns
/// are all closed, or are `FUNCTION`, `MODULE` and `RESULT`, has a row for each combination of the closed columns'
/// values. With one of those three, it has these rows for each measured function that records into its measure; with
/// `RESULT`, for each known result of each function whose durations go into its measure. A view of an observed measure has
/// only the rows that are read.
///
/// # Errors
/// The number of rows, if closed columns make more of them than the view's `max_series`.
pub(super) fn initial_keys(view: &ViewSpec, columns: &ColumnSets) -> Result<SortedValues, usize> {
    if !view.has_zero_rows || view.measure.descriptor.source.is_observed() {
        return Ok(SortedValues::default());
    }
    let keys = || view.columns.iter().map(Column::key);
    let functions = if keys().any(is_of_functions) {
        function_values(view)
    } else {
        SortedValues::default()
    };
    let has_functions = functions.iter().len() > 0;
    let choices: Option<Vec<Choice<'_>>> = keys()
        .zip(&columns.values)
        .map(|(key, values)| match values {
            // A program may close one of these keys, for measures of its own.
            _ if is_of_functions(key) && has_functions => Some(Choice::OfFunction(key)),
            ColumnValues::Closed { set, .. } => Some(Choice::Closed(set)),
            ColumnValues::Open | ColumnValues::Known(_) => None,
        })
        .collect();
    let Some(choices) = choices else {
        return Ok(SortedValues::default());
    };
    let of_functions = choices
        .iter()
        .any(|choice| matches!(choice, Choice::OfFunction(_)));
    let parts: Vec<&str> = if of_functions {
        functions.iter().collect()
    } else {
        vec![""]
    };
    let closed = choices.iter().filter_map(Choice::closed_values);
    if closed.clone().next().is_some() {
        let rows = closed.fold(parts.len(), usize::saturating_mul);
        if rows > max_series(view) {
            return Err(rows);
        }
    }
    let mut keys = Vec::new();
    for part in parts {
        let choices: Vec<Vec<&str>> = choices.iter().map(|choice| choice.values(part)).collect();
        keys.extend(combinations(&choices));
    }
    Ok(SortedValues::new(keys.iter().map(String::as_str)))
}

/// The values of a column in the rows that a view has from the start.
enum Choice<'v> {
    /// Those of a closed set.
    Closed(&'v SortedValues),
    /// The one that a measured function gives to this key.
    OfFunction(&'v TagKey),
}

impl Choice<'_> {
    /// How many values a closed set has.
    fn closed_values(&self) -> Option<usize> {
        match self {
            Self::Closed(set) => Some(set.iter().len()),
            Self::OfFunction(_) => None,
        }
    }

    /// The values in the rows of a function, whose own values are these.
    fn values<'s>(&'s self, function: &'s str) -> Vec<&'s str> {
        match self {
            Self::Closed(set) => set.iter().collect(),
            Self::OfFunction(key) => {
                let keys = OF_FUNCTIONS.into_iter();
                let mut values = keys.zip(row_key::values(function));
                let value = values.find_map(|(other, value)| (other == *key).then_some(value));
                vec![value.unwrap_or_default()]
            }
        }
    }
}

/// The keys whose values are known of measured functions.
static OF_FUNCTIONS: [&TagKey; 3] = [&FUNCTION, &MODULE, &RESULT];

fn is_of_functions(key: &TagKey) -> bool {
    OF_FUNCTIONS.contains(&key)
}

/// The values that the calls of the program's functions give to [`OF_FUNCTIONS`], each time as a row key. The result is
/// empty if the view has no column for it.
fn function_values(view: &ViewSpec) -> SortedValues {
    let has = |key: &TagKey| view.columns.iter().any(|column| column.key() == key);
    let by_result = has(&RESULT);
    let measure = &view.measure;
    let mut values = Vec::new();
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
        values.extend(results.iter().map(|result| {
            let mut key = String::new();
            for value in [*function.name(), *function.module(), result] {
                row_key::push(&mut key, value);
            }
            key
        }));
    }
    SortedValues::new(values.iter().map(String::as_str))
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

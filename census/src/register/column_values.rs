//! The values that the columns of a view may have, as far as the catalogue knows them.

use super::{Problem, ProblemKind};
use crate::aggregate::{
    ColumnSets, ColumnValues, DEFAULT_MAX_SERIES, FunctionColumns, SortedValues, default_max_series,
};
use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{
    ByName, ClosedSet as _, Column, FUNCTIONS, TagKey, TagKeyCell, ViewSpec, elements,
};
use crate::tags::row_key;

/// The values that each column of a view may have. A column is closed if any key of its name is.
pub(super) fn column_sets(keys: &ByName<TagKeyCell>, view: &ViewSpec) -> ColumnSets {
    let of_column = |key: &TagKey| {
        // The key itself may be in no slice, or may have been rejected because of its set.
        let mut of_name = keys.named(key.name()).chain([key.handle().clone()]);
        let known = known_values(key);
        match of_name.find_map(|key| sorted(&key)) {
            Some(set) => ColumnValues::Closed {
                set,
                known: known.unwrap_or_default(),
            },
            None => known.map_or(ColumnValues::Open, ColumnValues::Known),
        }
    };
    let columns = view.columns.iter();
    ColumnSets {
        values: columns.map(|column| of_column(column.key())).collect(),
        functions: function_columns(view),
    }
}

fn sorted(key: &TagKeyCell) -> Option<SortedValues> {
    key.values().sorted().map(SortedValues::new)
}

/// The values of the built-in tag keys that measured functions have.
fn known_values(key: &TagKey) -> Option<SortedValues> {
    let functions = elements(&FUNCTIONS).iter();
    if *key == FUNCTION {
        Some(SortedValues::new(functions.map(|it| *it.name())))
    } else if *key == MODULE {
        Some(SortedValues::new(functions.map(|it| *it.module())))
    } else if *key == RESULT {
        Some(SortedValues::new(CallResult::VALUES.iter().copied()))
    } else {
        None
    }
}

/// The columns for the function and for its module, if the view has both.
fn function_columns(view: &ViewSpec) -> Option<FunctionColumns> {
    let mut keys = view.columns.iter().map(Column::key);
    let function = keys.clone().position(|key| *key == FUNCTION)?;
    let module = keys.position(|key| *key == MODULE)?;
    let functions = elements(&FUNCTIONS).iter();
    let known = functions.map(|it| [*it.name(), *it.module()]);
    // A measurement outside of a function has neither.
    let pairs: Vec<String> = known.chain([["", ""]]).map(pair).collect();
    Some(FunctionColumns {
        function,
        module,
        pairs: SortedValues::new(pairs.iter().map(String::as_str)),
    })
}

/// The key of a row with two columns.
fn pair(values: [&str; 2]) -> String {
    let mut key = String::new();
    for value in values {
        row_key::push(&mut key, value);
    }
    key
}

/// The problem of a view whose closed columns have so many combinations of values that its overflow rows would not be
/// bounded. A small `max_series` bounds the other columns, and does not count here.
pub(super) fn too_many_combinations(view: &ViewSpec, columns: &ColumnSets) -> Option<Problem> {
    let names = view.columns.iter().map(|column| column.key().name());
    let closed = names
        .zip(&columns.values)
        .filter_map(|(name, values)| match values {
            ColumnValues::Closed { set, .. } => Some((name, set.iter().len())),
            ColumnValues::Open | ColumnValues::Known(_) => None,
        });
    // Each column may also be `_other`, and not be set.
    let combinations = closed.clone().fold(1_usize, |product, (_, values)| {
        product.saturating_mul(values + 2)
    });
    let max = max_series(view).max(DEFAULT_MAX_SERIES);
    if combinations <= max {
        return None;
    }
    let sizes: Vec<String> = closed
        .map(|(name, values)| format!("`{name}` {values}"))
        .collect();
    let message = format!(
        "its closed columns have {combinations} combinations of values ({}, and each also `_other` or not set), more than \
         {max}: write a larger `max_series`, or leave a column out",
        sizes.join(", ")
    );
    Some(invalid(view, &message))
}

/// The problem of a view that would have so many rows with zeros.
pub(super) fn too_many_rows(view: &ViewSpec, rows: usize) -> Problem {
    let max = max_series(view);
    let message = format!(
        "it would have {rows} rows with zeros, more than its `max_series`, {max}: write a larger `max_series`, leave a \
         column out, or write `zero: false`"
    );
    invalid(view, &message)
}

/// How many rows the view keeps.
pub(super) fn max_series(view: &ViewSpec) -> usize {
    view.max_series.unwrap_or_else(default_max_series)
}

fn invalid(view: &ViewSpec, problem: &str) -> Problem {
    Problem {
        kind: ProblemKind::InvalidView,
        message: format!("view `{}`: {problem}", view.name),
        rejected_at: view.origin,
        kept_at: None,
    }
}

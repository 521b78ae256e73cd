//! The values that the columns of a view may have, as far as the catalogue knows them.

use super::{Problem, ProblemKind};
use crate::aggregate::{ColumnValues, SortedValues, default_max_series};
use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{ByName, ClosedSet as _, FUNCTIONS, TagKey, TagKeyCell, ViewSpec, elements};

/// The values that each column of a view may have. A column is closed if any key of its name is.
pub(super) fn column_values(keys: &ByName<TagKeyCell>, view: &ViewSpec) -> Vec<ColumnValues> {
    let of_column = |key: &TagKey| {
        // The key itself may be in no slice, or may have been rejected because of its set.
        let mut of_name = keys.named(key.name()).chain([key.handle().clone()]);
        match of_name.find_map(|key| sorted(&key)) {
            Some(values) => ColumnValues::Closed(values),
            None => known_values(key).map_or(ColumnValues::Open, ColumnValues::Known),
        }
    };
    let columns = view.columns.iter();
    columns.map(|column| of_column(column.key())).collect()
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

/// The problem of a view whose closed columns have more combinations of values than it may have rows: neither its rows
/// with zeros nor its overflow rows would be bounded by `max_series`.
pub(super) fn too_many_combinations(view: &ViewSpec, columns: &[ColumnValues]) -> Option<Problem> {
    let names = view.columns.iter().map(|column| column.key().name());
    let closed = names
        .zip(columns)
        .filter_map(|(name, column)| match column {
            ColumnValues::Closed(values) => Some((name, values.iter().len())),
            ColumnValues::Open | ColumnValues::Known(_) => None,
        });
    let combinations = closed.clone().fold(1_usize, |product, (_, values)| {
        product.saturating_mul(values)
    });
    let max_series = view.max_series.unwrap_or_else(default_max_series);
    if combinations <= max_series {
        return None;
    }
    let sizes: Vec<String> = closed
        .map(|(name, values)| format!("`{name}` {values}"))
        .collect();
    Some(Problem {
        kind: ProblemKind::InvalidView,
        message: format!(
            "view `{}`: its closed columns have {combinations} combinations of values ({}), more than its `max_series`, \
             {max_series}: write a larger `max_series`, or leave a column out",
            view.name,
            sizes.join(", ")
        ),
        rejected_at: view.origin,
        kept_at: None,
    })
}

//! The values that a view's columns may have, by which its rows are bounded.

use std::sync::Arc;

use crate::tags::row_key;

/// The value of every open column of an overflow row.
const OVERFLOW: &str = "_overflow";

/// The value of a closed column where a measurement has a value outside of the set.
const OTHER: &str = "_other";

/// The values that a column may have.
#[derive(Clone, Debug)]
pub(crate) enum ColumnValues {
    /// Any text.
    Open,
    /// Those of a closed set, [`OTHER`], and the empty text of a tag that is not set.
    Closed(SortedValues),
    /// Any text, of which the program knows some values beforehand: the names of its functions, for instance.
    Known(SortedValues),
}

/// Some texts.
#[derive(Clone, Debug)]
pub(crate) struct SortedValues(Arc<[Box<str>]>);

impl SortedValues {
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values: Vec<Box<str>> = values.into_iter().map(Box::from).collect();
        values.sort_unstable();
        values.dedup();
        Self(values.into())
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.0.iter().map(|value| &**value)
    }

    fn contains(&self, value: &str) -> bool {
        self.0
            .binary_search_by(|other| (**other).cmp(value))
            .is_ok()
    }
}

impl ColumnValues {
    /// The value in the row of a measurement with this value.
    fn in_row<'a>(&self, value: &'a str) -> &'a str {
        match self {
            Self::Closed(values) if !value.is_empty() && !values.contains(value) => OTHER,
            _ => value,
        }
    }

    /// The value in the overflow row of a row with this value.
    fn in_overflow_row<'a>(&self, value: &'a str) -> &'a str {
        match self {
            Self::Closed(_) => value,
            Self::Known(values) if value.is_empty() || values.contains(value) => value,
            Self::Known(_) | Self::Open => OVERFLOW,
        }
    }
}

/// Appends the key of the row for a measurement whose columns have these values.
pub(super) fn push_row_key<'a>(
    key: &mut String,
    columns: impl IntoIterator<Item = (&'a ColumnValues, &'a str)>,
) {
    for (column, value) in columns {
        row_key::push(key, column.in_row(value));
    }
}

/// The key of the overflow row for measurements of this row.
pub(super) fn overflow_key(columns: &[ColumnValues], row_key: &str) -> String {
    let mut key = String::new();
    for (column, value) in columns.iter().zip(row_key::values(row_key)) {
        row_key::push(&mut key, column.in_overflow_row(value));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> ColumnValues {
        ColumnValues::Closed(SortedValues::new(["post", "get", "get"]))
    }

    #[test]
    fn a_closed_column_has_no_value_outside_of_its_set() {
        let in_row = ["get", "post", "", "brew", "GET", "_overflow"].map(|it| closed().in_row(it));
        assert_eq!(in_row, ["get", "post", "", OTHER, OTHER, OTHER]);
        assert_eq!(ColumnValues::Open.in_row("brew"), "brew");
    }

    #[test]
    fn an_overflow_row_keeps_what_the_program_knows() {
        let known = ColumnValues::Known(SortedValues::new(["main"]));
        let columns = [ColumnValues::Open, closed(), known.clone(), known];
        let mut row = String::new();
        let values = ["acme", "brew", "main", "elsewhere"];
        push_row_key(&mut row, columns.iter().zip(values));
        assert!(row_key::values(&row).eq(["acme", OTHER, "main", "elsewhere"]));
        let overflow = overflow_key(&columns, &row);
        assert!(row_key::values(&overflow).eq([OVERFLOW, OTHER, "main", OVERFLOW]));
    }
}

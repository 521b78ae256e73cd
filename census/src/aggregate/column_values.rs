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
    Closed {
        set: SortedValues,
        /// Further values that stay as they are: those of measured functions, for a key of the library's that the program
        /// has closed.
        known: SortedValues,
    },
    /// Any text, of which the program knows some values beforehand: the names of its functions, for instance.
    Known(SortedValues),
}

/// The columns of a view, as far as its rows depend on them.
#[derive(Clone, Debug)]
pub(crate) struct ColumnSets {
    /// One for each column.
    pub(crate) values: Vec<ColumnValues>,
    /// If the view has a column for the function and one for its module.
    pub(crate) functions: Option<FunctionColumns>,
}

/// Two columns whose known values belong together: the names of functions and of the modules that they are in.
#[derive(Clone, Debug)]
pub(crate) struct FunctionColumns {
    pub(crate) function: usize,
    pub(crate) module: usize,
    /// The keys of rows with these two columns.
    pub(crate) pairs: SortedValues,
}

/// Some texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct SortedValues(Arc<[Box<str>]>);

impl SortedValues {
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self::of(values.into_iter().collect())
    }

    fn of(mut values: Vec<&str>) -> Self {
        values.sort_unstable();
        values.dedup();
        Self(values.into_iter().map(Box::from).collect())
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.0.iter().map(|value| &**value)
    }

    pub(crate) fn contains(&self, value: &str) -> bool {
        self.0
            .binary_search_by(|other| (**other).cmp(value))
            .is_ok()
    }
}

impl ColumnValues {
    /// The value in the row of a measurement with this value.
    fn in_row<'a>(&self, value: &'a str) -> &'a str {
        match self {
            Self::Closed { set, known }
                if !(value.is_empty() || set.contains(value) || known.contains(value)) =>
            {
                OTHER
            }
            _ => value,
        }
    }

    /// The value in the overflow row of a row with this value.
    fn in_overflow_row<'a>(&self, value: &'a str) -> &'a str {
        match self {
            Self::Closed { .. } => value,
            Self::Known(values) if value.is_empty() || values.contains(value) => value,
            Self::Known(_) | Self::Open => OVERFLOW,
        }
    }
}

impl ColumnSets {
    /// Columns of which no values are known.
    #[cfg(test)]
    pub(crate) fn open(columns: usize) -> Self {
        Self {
            values: vec![ColumnValues::Open; columns],
            functions: None,
        }
    }

    /// Appends the key of the row for a measurement whose columns have these values.
    pub(super) fn push_row_key<'a>(
        &self,
        key: &mut String,
        values: impl IntoIterator<Item = &'a str>,
    ) {
        for (column, value) in self.values.iter().zip(values) {
            row_key::push(key, column.in_row(value));
        }
    }

    /// Whether a row of this key has these values of the columns; a column of which there is none may have any.
    pub(super) fn has_values<'a>(
        &self,
        row_key: &str,
        values: impl IntoIterator<Item = Option<&'a str>>,
    ) -> bool {
        let columns = self.values.iter().zip(values);
        columns
            .zip(row_key::values(row_key))
            .all(|((column, value), in_row)| {
                value.is_none_or(|value| column.in_row(value) == in_row)
            })
    }

    /// The key of the overflow row for measurements of this row.
    pub(super) fn overflow_key(&self, row_key: &str) -> String {
        let values = self.values.iter().zip(row_key::values(row_key));
        let mut values: Vec<&str> = values
            .map(|(column, value)| column.in_overflow_row(value))
            .collect();
        if let Some(functions) = &self.functions {
            functions.replace_strangers(&mut values);
        }
        let mut key = String::new();
        for value in values {
            row_key::push(&mut key, value);
        }
        key
    }
}

impl FunctionColumns {
    /// Replaces the names of a function and of a module that do not belong together, which only text from outside has. So
    /// there are no more overflow rows than functions.
    fn replace_strangers(&self, values: &mut [&str]) {
        let both = [self.function, self.module];
        let mut pair = String::new();
        for column in both {
            row_key::push(&mut pair, values.get(column).copied().unwrap_or_default());
        }
        if !self.pairs.contains(&pair) {
            for column in both {
                if let Some(value) = values.get_mut(column) {
                    *value = OVERFLOW;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed() -> ColumnValues {
        ColumnValues::Closed {
            set: SortedValues::new(["post", "get", "get"]),
            known: SortedValues::new(["ok"]),
        }
    }

    #[test]
    fn a_closed_column_has_no_value_outside_of_its_set() {
        let values = ["get", "post", "", "brew", "GET", "ok", "_overflow"];
        let in_row = values.map(|it| closed().in_row(it));
        assert_eq!(in_row, ["get", "post", "", OTHER, OTHER, "ok", OTHER]);
        assert_eq!(ColumnValues::Open.in_row("brew"), "brew");
    }

    #[test]
    fn an_overflow_row_keeps_what_the_program_knows() {
        let known = |values: [&'static str; 2]| ColumnValues::Known(SortedValues::new(values));
        let mut pair = String::new();
        for value in ["main", "app"] {
            row_key::push(&mut pair, value);
        }
        let columns = ColumnSets {
            values: vec![
                ColumnValues::Open,
                closed(),
                known(["main", "load"]),
                known(["app", "app::db"]),
            ],
            functions: Some(FunctionColumns {
                function: 2,
                module: 3,
                pairs: SortedValues::new([pair.as_str()]),
            }),
        };
        for (values, expected) in [
            (
                ["acme", "brew", "main", "app"],
                [OVERFLOW, OTHER, "main", "app"],
            ),
            (
                ["acme", "get", "main", "app::db"],
                [OVERFLOW, "get", OVERFLOW, OVERFLOW],
            ),
            (
                ["acme", "", "other", "app"],
                [OVERFLOW, "", OVERFLOW, OVERFLOW],
            ),
        ] {
            let mut row = String::new();
            columns.push_row_key(&mut row, values);
            let overflow = columns.overflow_key(&row);
            assert!(row_key::values(&overflow).eq(expected), "{values:?}");
        }
    }
}

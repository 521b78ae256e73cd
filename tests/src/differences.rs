//! Rows that are not as they must be, as the message of a failed test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Display, Formatter};

/// How many rows a message prints.
const MAX_ROWS: usize = 20;
/// How many threads a message prints for each row.
const MAX_THREADS: usize = 6;

/// Names a row: its view, and the values of the view's columns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowName {
    /// The view's name.
    pub view: String,
    /// The row's tag values, in the order of the view's columns.
    pub tags: Vec<String>,
}

impl Display for RowName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.view, self.tags)
    }
}

#[derive(Clone, Debug)]
struct Difference {
    expected: String,
    actual: String,
    /// The threads that recorded to the row, in the order in which they were started: a line for each.
    threads: Vec<String>,
}

/// The rows that differ from what is expected. Other rows are not kept.
#[derive(Clone, Debug, Default)]
pub struct Differences(BTreeMap<RowName, Difference>);

impl Differences {
    /// Compares the rows of a view. A row that is in one of the maps only is a difference.
    #[must_use]
    pub fn between<V: Debug + PartialEq>(
        view: &str,
        expected: &BTreeMap<Vec<String>, V>,
        actual: &BTreeMap<Vec<String>, V>,
    ) -> Self {
        let mut differences = Self::default();
        let rows: BTreeSet<_> = expected.keys().chain(actual.keys()).collect();
        for tags in rows {
            let (expected, actual) = (expected.get(tags), actual.get(tags));
            if expected != actual {
                differences.add(view, tags, &value_or_none(expected), &value_or_none(actual));
            }
        }
        differences
    }

    /// Adds a row that differs.
    pub fn add(&mut self, view: &str, tags: &[String], expected: &str, actual: &str) {
        let name = RowName {
            view: view.to_owned(),
            tags: tags.to_owned(),
        };
        let difference = Difference {
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            threads: Vec::new(),
        };
        self.0.insert(name, difference);
    }

    /// Adds a row if its value has fallen.
    pub fn add_if_fallen<V: Copy + Display + PartialOrd>(
        &mut self,
        view: &str,
        tags: &[String],
        before: V,
        now: V,
    ) {
        if now < before {
            let expected = format!("at least {before}");
            self.add(view, tags, &expected, &now.to_string());
        }
    }

    /// Adds the rows of other differences, such as those of another view.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether no row differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds to each row that is printed the lines that say which threads recorded to it, in the order in which they were
    /// started.
    #[must_use]
    pub fn with_threads(mut self, threads_of: impl Fn(&RowName) -> Vec<String>) -> Self {
        for (name, difference) in self.0.iter_mut().take(MAX_ROWS) {
            difference.threads = threads_of(name);
        }
        self
    }

    /// Fails the test if a row differs. `at` says when the rows were compared.
    #[track_caller]
    pub fn assert_none(&self, at: &dyn Display) {
        assert!(self.is_empty(), "{at}: {self}");
    }
}

fn value_or_none<V: Debug>(value: Option<&V>) -> String {
    value.map_or_else(|| "no row".to_owned(), |value| format!("{value:?}"))
}

impl Display for Differences {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 row differs")?,
            rows => write!(f, "{rows} rows differ")?,
        }
        for (name, difference) in self.0.iter().take(MAX_ROWS) {
            let Difference {
                expected,
                actual,
                threads,
            } = difference;
            write!(f, "\n  {name}: expected {expected}, actual {actual}")?;
            // The newest threads are the likeliest cause.
            for thread in threads.iter().rev().take(MAX_THREADS) {
                write!(f, "\n    {thread}")?;
            }
            if threads.len() > MAX_THREADS {
                let rest = threads.len() - MAX_THREADS;
                write!(f, "\n    … and {rest} more threads before")?;
            }
        }
        if self.0.len() > MAX_ROWS {
            write!(f, "\n  … and {} more rows", self.0.len() - MAX_ROWS)?;
        }
        Ok(())
    }
}

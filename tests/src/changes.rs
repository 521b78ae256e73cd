//! What one test adds to the rows of views that all tests of its program share.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use census::{AnyView, Data, Snapshot, snapshot};

use crate::rows::tag_values;

/// The rows of all views when a test began. No other test of the program has begun, if each has one of these.
#[derive(Debug)]
pub struct Changes {
    before: Snapshot,
    _alone: MutexGuard<'static, ()>,
}

impl Changes {
    /// Waits until no other test has one of these.
    #[must_use]
    pub fn begin() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            before: snapshot(),
            _alone: alone,
        }
    }

    /// The rows of a view that have changed since, in the order of their tags: the values of the columns (`-` for none),
    /// and by how much. Of a distribution, it is the number of values that has changed.
    #[must_use]
    pub fn of(&self, view: &dyn AnyView) -> Vec<String> {
        self.changed(view, |data| match data {
            Data::Count(count) => i128::from(*count),
            Data::Sum(sum) => integer(*sum),
            Data::Distribution(data) => i128::from(data.count),
            other => panic!("{other:?} does not change by a number"),
        })
    }

    /// As [`of`](Self::of), of the sums of a distribution of integers.
    #[must_use]
    pub fn of_sums(&self, view: &dyn AnyView) -> Vec<String> {
        self.changed(view, |data| match data {
            Data::Distribution(data) => integer(data.sum),
            other => panic!("{other:?} is not a distribution"),
        })
    }

    fn changed(&self, view: &dyn AnyView, value: impl Fn(&Data) -> i128) -> Vec<String> {
        let values = |snapshot: &Snapshot| -> BTreeMap<String, i128> {
            let view = snapshot.view(view.name()).expect("it is registered");
            let rows = view.data.rows.iter();
            rows.map(|row| (words(tag_values(row)), value(&row.data)))
                .collect()
        };
        let before = values(&self.before);
        let by = |row: &str, now: i128| now - before.get(row).copied().unwrap_or_default();
        let changed = values(&snapshot())
            .into_iter()
            .map(|(row, now)| (by(&row, now), row))
            .filter(|(by, _)| *by != 0);
        changed.map(|(by, row)| format!("{row} {by}")).collect()
    }
}

fn words(values: Vec<String>) -> String {
    let word = |value: String| {
        if value.is_empty() {
            "-".to_owned()
        } else {
            value
        }
    };
    let words: Vec<String> = values.into_iter().map(word).collect();
    words.join(" ")
}

fn integer(number: census::Number) -> i128 {
    match number {
        census::Number::U64(number) => number.into(),
        census::Number::I64(number) => number.into(),
        other => panic!("{other:?} is not an integer"),
    }
}

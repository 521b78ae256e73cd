//! The rows that a view must have, given the measurements, and what is wrong with a row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};

use census::{Aggregation, DistributionData, Number, View};
use census_tests::differences::{Differences, RowName};
use census_tests::rows::values;

use super::steps::Key;
use super::values::Modeled;

/// A measurement, the thread that recorded it, and the number of the step.
#[derive(Clone)]
pub(super) struct Logged<T> {
    pub(super) key: Key,
    pub(super) value: T,
    pub(super) thread: usize,
    pub(super) step: usize,
}

/// The measurements of a measure, in order.
pub(super) type Log<T> = Vec<Logged<T>>;

/// What was removed from a view, when the log had so many measurements.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    pub(super) logged: usize,
    /// The row; `None` if all rows were removed.
    pub(super) row: Option<Vec<String>>,
}

/// The rows of a view.
pub(super) struct Expected<T> {
    pub(super) rows: BTreeMap<Vec<String>, Log<T>>,
    /// How many measurements are in the overflow row.
    pub(super) overflowed: u64,
}

impl<T: Modeled> Expected<T> {
    /// `columns` selects the values of a view's columns, and `max` is the view's limit of rows.
    pub(super) fn new(
        log: &[Logged<T>],
        removals: &[Removal],
        max: usize,
        columns: fn(&Key) -> Vec<String>,
    ) -> Self {
        let (mut rows, mut overflowed) = (BTreeMap::<Vec<String>, Log<T>>::new(), 0);
        // The rows that count for the limit.
        let mut counted = BTreeSet::new();
        let mut removals = removals.iter().peekable();
        for index in 0..=log.len() {
            while let Some(removal) = removals.next_if(|removal| removal.logged == index) {
                let is_removed =
                    |row: &Vec<String>| removal.row.as_ref().is_none_or(|it| it == row);
                rows.retain(|row, _| !is_removed(row));
                counted.retain(|row| !is_removed(row));
            }
            let Some(logged) = log.get(index) else {
                break;
            };
            let key = columns(&logged.key);
            if let Some(values) = rows.get_mut(&key) {
                values.push(logged.clone());
            } else if counted.len() < max {
                counted.insert(key.clone());
                rows.insert(key, vec![logged.clone()]);
            } else {
                overflowed += 1;
                let overflow = key.iter().map(|_| "_overflow".to_owned()).collect();
                rows.entry(overflow).or_default().push(logged.clone());
            }
        }
        Self { rows, overflowed }
    }

    /// The view has this row, also if nothing was recorded to it.
    pub(super) fn with_row(mut self, row: Vec<String>) -> Self {
        self.rows.entry(row).or_default();
        self
    }

    /// Compares the rows of a view. `wrong` says what the data of a row must be with these values, if it is not that.
    pub(super) fn check<A: Aggregation<Data: Clone + Debug>>(
        &self,
        at: &dyn Display,
        view: &View<A>,
        wrong: fn(&A::Data, &[T]) -> Option<String>,
    ) {
        let mut differences = Differences::default();
        let mut actual = values(view, A::Data::clone).rows;
        for (tags, log) in &self.rows {
            let values: Vec<T> = log.iter().map(|logged| logged.value).collect();
            let (expected, data) = match actual.remove(tags) {
                Some(data) => (wrong(&data, &values), format!("{data:?}")),
                None => (Some(format!("a row of {values:?}")), "no row".to_owned()),
            };
            if let Some(expected) = expected {
                differences.add(view.name(), tags, &expected, &data);
            }
        }
        for (tags, data) in actual {
            differences.add(view.name(), &tags, "no row", &format!("{data:?}"));
        }
        let differences = differences.with_threads(|row| self.threads_of(row));
        differences.assert_none(at);
    }

    /// A line for each thread that recorded to a row.
    fn threads_of(&self, row: &RowName) -> Vec<String> {
        let mut threads: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for logged in self.rows.get(&row.tags).into_iter().flatten() {
            threads.entry(logged.thread).or_default().push(logged.step);
        }
        threads
            .into_iter()
            .map(|(thread, steps)| format!("thread {thread}: in steps {steps:?}"))
            .collect()
    }
}

/// Returns the expected value, if the actual one differs.
fn wrong<V: Debug + PartialEq>(actual: &V, expected: &V) -> Option<String> {
    (actual != expected).then(|| format!("{expected:?}"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "data of any type")]
pub(super) fn wrong_count<T>(actual: &u64, values: &[T]) -> Option<String> {
    wrong(actual, &u64::try_from(values.len()).expect("few"))
}

pub(super) fn wrong_last<T: Modeled>(actual: &Number, values: &[T]) -> Option<String> {
    wrong(&Some(*actual), &values.last().map(|last| (*last).into()))
}

pub(super) fn wrong_sum<T: Modeled>(actual: &Number, values: &[T]) -> Option<String> {
    match (actual, T::sum(values)) {
        (Number::F64(actual), Number::F64(expected)) => {
            let size: f64 = values.iter().map(|value| value.float().abs()).sum();
            wrong_float(*actual, expected, size * 1e-12)
        }
        (actual, expected) => wrong(actual, &expected),
    }
}

fn wrong_float(actual: f64, expected: f64, tolerance: f64) -> Option<String> {
    let is_near = (actual - expected).abs() <= tolerance + f64::MIN_POSITIVE;
    (!is_near).then(|| expected.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "few")]
pub(super) fn wrong_distribution<T: Modeled>(
    actual: &DistributionData,
    values: &[T],
) -> Option<String> {
    let mut buckets = vec![0; T::BOUNDS.len() + 1];
    for value in values {
        let above = T::BOUNDS.iter().filter(|bound| *bound < value).count();
        buckets[above] += 1;
    }
    let order = |a: &&T, b: &&T| a.partial_cmp(b).expect("no NaN");
    let (min, max) = (values.iter().min_by(order), values.iter().max_by(order));
    let floats: Vec<f64> = values.iter().map(|value| value.float()).collect();
    let n = floats.len() as f64;
    let mean = floats.iter().map(|value| value / n).sum::<f64>();
    let size = floats
        .iter()
        .fold(0.0, |size: f64, value| size.max(value.abs()));
    let deviations: f64 = floats.iter().map(|value| (value - mean).powi(2)).sum();
    let parts = [
        ("sum", wrong_sum(&actual.sum, values)),
        ("bucket_counts", wrong(&actual.bucket_counts, &buckets)),
        ("count", wrong(&actual.count, &buckets.iter().sum())),
        ("min", wrong(&actual.min, &min.map(|min| (*min).into()))),
        ("max", wrong(&actual.max, &max.map(|max| (*max).into()))),
        ("mean", wrong_float(actual.mean, mean, size * 1e-12)),
        (
            "sum_of_squared_deviations",
            wrong_float(
                actual.sum_of_squared_deviations,
                deviations,
                n * size * size * 1e-12,
            ),
        ),
    ];
    let wrong_part = |(name, expected): (&str, Option<String>)| {
        expected.map(|expected| format!("{name} {expected}"))
    };
    let wrong: Vec<String> = parts.into_iter().filter_map(wrong_part).collect();
    (!wrong.is_empty()).then(|| wrong.join(", "))
}

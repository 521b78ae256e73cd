//! The rows that the views must have when all threads have ended.

use std::fmt::{Debug, Display};
use std::time::Duration;

use census::Number;
use census_tests::differences::Differences;
use census_tests::ledger::{Ledgers, Recorded};
use census_tests::rows::{Values, integer, not_zero, only_row, values};

use super::{CALLS, COUNT, FEW, IN_FLIGHT, LANES, PART_SIZES, PARTS, SIZES, THREADS, TIMES, TOTAL};

/// A measure and the tags of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) measure: &'static str,
    pub(super) kind: &'static str,
    pub(super) lane: Option<u64>,
}

/// The tag values that a key has in the columns of the view with this name.
pub(super) fn row_of(view: &str, key: &Key) -> Option<Vec<String>> {
    let kind = key.kind.to_owned();
    let lane = key.lane.map_or(String::new(), |lane| lane.to_string());
    let row = match (key.measure, view) {
        ("work", "count") => vec![kind, lane],
        ("work", "few") => vec![lane],
        ("took", "times") if key.kind != "call" => vec![lane],
        ("work", "sizes") | ("part", "parts" | "part_sizes") | ("active", "in_flight") => {
            vec![kind]
        }
        ("work", "total") | ("took", "calls") => Vec::new(),
        _ => return None,
    };
    Some(row)
}

/// Compares the rows of all views with what was recorded. `at` says when.
pub(super) fn check_rows(at: &dyn Display, ledgers: &Ledgers<Key>) {
    let mut check = Check {
        ledgers,
        differences: Differences::default(),
    };
    check.work();
    check.parts();
    check.calls();
    check.differences.assert_none(at);
}

/// Each thread records as [`live`](super::live) says.
pub(super) fn check_totals() {
    let counted: u64 = values(&COUNT, |count| *count).rows.values().sum();
    assert_eq!(counted, THREADS * (6 + LANES), "measurements of WORK");
    // A measurement for each lane, and a call.
    let called = only_row(&CALLS);
    assert_eq!(called, Some(THREADS * (LANES + 1)), "measurements of TOOK");
    not_zero(&IN_FLIGHT).assert_none(&"when all calls have ended");
}

struct Check<'a> {
    ledgers: &'a Ledgers<Key>,
    differences: Differences,
}

impl Check<'_> {
    fn compare<V: Debug + PartialEq>(
        &mut self,
        actual: &Values<V>,
        expected: impl Fn(&Recorded) -> V,
    ) {
        let row_of = |key: &Key| row_of(&actual.view, key);
        let differences = self.ledgers.compare(actual, row_of, expected);
        self.differences.extend(differences);
    }

    fn work(&mut self) {
        self.compare(&values(&COUNT, |count| *count), Recorded::count);
        self.compare(&values(&TOTAL, integer), Recorded::sum);
        self.compare(&values(&FEW, integer), Recorded::sum);
        let sizes = values(&SIZES, |data| (data.count, integer(&data.sum)));
        self.compare(&sizes, |recorded| (recorded.count(), recorded.sum()));
    }

    fn calls(&mut self) {
        let mut times = values(&TIMES, |time| *time);
        // How long the calls took is not known.
        times.rows.remove(&vec![String::new()]);
        self.compare(&times, |recorded| {
            let nanos = u64::try_from(recorded.sum()).expect("not negative");
            Number::from(Duration::from_nanos(nanos))
        });
        self.compare(&values(&CALLS, |count| *count), Recorded::count);
        self.compare(&values(&IN_FLIGHT, integer), Recorded::sum);
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn parts(&mut self) {
        let sum = |recorded: &Recorded| recorded.sum() as f64 / 10.0;
        let near_sum = |recorded: &Recorded| near(sum(recorded), 1e-9 * sum(recorded));
        let sums = values(&PARTS, |sum| near(sum.as_f64(), 0.0));
        self.compare(&sums, near_sum);
        let sizes = values(&PART_SIZES, |data| {
            let (sum, mean) = (near(data.sum.as_f64(), 0.0), near(data.mean, 0.0));
            let deviations = near(data.sum_of_squared_deviations, 0.0);
            (data.count, sum, mean, deviations)
        });
        self.compare(&sizes, |recorded| {
            let count = recorded.count();
            let mean = near(sum(recorded) / count as f64, 1e-12);
            // All values of a kind are the same.
            (count, near_sum(recorded), mean, near(0.0, 1e-12))
        });
    }
}

/// A float that is expected not to differ by more.
#[derive(Debug)]
struct Near {
    value: f64,
    within: f64,
}

impl PartialEq for Near {
    fn eq(&self, other: &Self) -> bool {
        (self.value - other.value).abs() <= self.within.max(other.within)
    }
}

fn near(value: f64, within: f64) -> Near {
    Near { value, within }
}

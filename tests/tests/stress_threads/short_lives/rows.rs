//! The rows that the views must have when all threads have ended.

use std::fmt::Debug;
use std::time::Duration;

use census::Number;
use census_tests::ledger::{Ledgers, Recorded};
use census_tests::rows::{Values, integer, values};

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

/// Compares the rows of all views with what was recorded.
pub(super) fn check_rows(ledgers: &Ledgers<Key>) {
    check_work(ledgers);
    check_parts(ledgers);
    check_calls(ledgers);
}

fn compare<V: Debug + PartialEq>(
    ledgers: &Ledgers<Key>,
    actual: &Values<V>,
    expected: impl Fn(&Recorded) -> V,
) {
    let differences = ledgers.compare(actual, |key| row_of(&actual.view, key), expected);
    differences.assert_none(&"when all threads have ended");
}

fn check_work(ledgers: &Ledgers<Key>) {
    let counts = values(&COUNT, |count| *count);
    compare(ledgers, &counts, Recorded::count);
    let all: u64 = counts.rows.values().sum();
    assert_eq!(all, THREADS * (6 + LANES), "see `live`");
    compare(ledgers, &values(&TOTAL, integer), Recorded::sum);
    compare(ledgers, &values(&FEW, integer), Recorded::sum);
    let sizes = values(&SIZES, |data| (data.count, integer(&data.sum)));
    compare(ledgers, &sizes, |all| (all.count(), all.sum()));
}

fn check_calls(ledgers: &Ledgers<Key>) {
    let mut times = values(&TIMES, |time| *time);
    // How long the calls took is not known.
    times.rows.remove(&vec![String::new()]);
    compare(ledgers, &times, |recorded| {
        let nanos = u64::try_from(recorded.sum()).expect("not negative");
        Number::from(Duration::from_nanos(nanos))
    });
    // For each thread, a measurement for each lane, and a call.
    let calls = values(&CALLS, |count| *count);
    compare(ledgers, &calls, Recorded::count);
    let all: u64 = calls.rows.values().sum();
    assert_eq!(all, THREADS * (LANES + 1), "see `live`");
    let in_flight = values(&IN_FLIGHT, integer);
    compare(ledgers, &in_flight, Recorded::sum);
    assert!(
        in_flight.rows.values().all(|calls| *calls == 0),
        "{in_flight:?}"
    );
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

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn check_parts(ledgers: &Ledgers<Key>) {
    let sum = |recorded: &Recorded| recorded.sum() as f64 / 10.0;
    let near_sum = |recorded: &Recorded| near(sum(recorded), 1e-9 * sum(recorded));
    let sums = values(&PARTS, |sum| near(sum.as_f64(), 0.0));
    compare(ledgers, &sums, near_sum);
    let sizes = values(&PART_SIZES, |data| {
        let (sum, mean) = (near(data.sum.as_f64(), 0.0), near(data.mean, 0.0));
        (
            data.count,
            sum,
            mean,
            near(data.sum_of_squared_deviations, 0.0),
        )
    });
    compare(ledgers, &sizes, |recorded| {
        let count = recorded.count();
        let mean = near(sum(recorded) / count as f64, 1e-12);
        // All values of a kind are the same.
        (count, near_sum(recorded), mean, near(0.0, 1e-12))
    });
}

//! Observations that come and go on many threads, while views come and go and collections of all kinds run.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use census::prometheus::Exporter;
use census::{Aggregation, Observed, TagKey, View, measure, tag, tags, view};
use census_tests::differences::Differences;
use census_tests::rows::{integer, keys, keys_of_rows, only_row, values};
use census_tests::scrape;
use census_tests::threads::{Progress, Stop, with_background};

#[tag]
static WORKER: TagKey;

#[measure]
static LEVEL: Observed<u64>;
#[measure(total)]
static WORK: Observed<u64>;
#[measure]
static COMES_AND_GOES: Observed<i64>;

view! {
    static LEVELS: Sum<LEVEL> by (WORKER);
    static LEVEL_COUNT: Count<LEVEL>;
    static WORK_DONE: Sum<WORK> by (WORKER);
    static ALL_WORK: Sum<WORK>;
    #[optional]
    static ON_AND_OFF: Sum<COMES_AND_GOES>;
}

/// How long the test runs.
const TIME: Duration = Duration::from_secs(4);

/// Which of its observations each worker is at. Only that worker sets the number. Each has a row of its own in a view
/// by `WORKER`.
struct Observations([Progress; 3]);

impl Display for Observations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [a, b, c] = &self.0;
        write!(f, "{a}, {b} and {c}")
    }
}

/// The life of a worker's thread: it observes again and again, and works meanwhile.
fn work(stop: &Stop, worker: &'static str, progress: &Progress) {
    let mut number = 0;
    stop.repeat_until_set("life of a worker", progress, |_| {
        number += 1;
        progress.set(number);
        let work = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&work);
        let observation = census::observe([&LEVEL, &WORK], move |seen| {
            let work = read.load(Ordering::Relaxed);
            seen.record(&LEVEL, 1, tags!(WORKER = worker));
            seen.record(&WORK, work, tags!(WORKER = worker));
            seen.record(&LEVEL, 1, tags!(WORKER = worker));
        });
        for _ in 0..50 {
            work.fetch_add(1, Ordering::Relaxed);
            std::thread::yield_now();
        }
        drop(observation);
    });
}

fn register_and_unregister(stop: &Stop, observations: &Observations) {
    stop.repeat_until_set("registration", observations, |round| {
        ON_AND_OFF.register().expect("a valid view");
        let observation = COMES_AND_GOES.observe(|seen| seen.record(-1, tags!()));
        let rows = values(&ON_AND_OFF, integer);
        assert!(rows.rows.len() <= 1, "{round}: more than one row: {rows:?}");
        drop(observation);
        assert!(ON_AND_OFF.unregister(), "{round}: the view was there");
    });
}

/// The levels of a reading are added up: each reading has two of them for a worker.
fn levels_are_whole(stop: &Stop, observations: &Observations) {
    stop.repeat_until_set("reading of levels", observations, |round| {
        let mut halves = Differences::default();
        for (tags, level) in values(&LEVELS, integer).rows {
            if level % 2 != 0 || level <= 0 {
                let expected = "an even number above 0";
                halves.add(LEVELS.name(), &tags, expected, &level.to_string());
            }
        }
        halves.assert_none(round);
    });
}

/// Reads the total again and again, and returns its greatest value.
fn total_never_falls(observations: &Observations) -> i64 {
    let (mut greatest, mut number) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < TIME {
        number += 1;
        let Some(now) = only_row(&ALL_WORK) else {
            continue;
        };
        let now = integer(&now);
        let mut fallen = Differences::default();
        fallen.add_if_fallen(ALL_WORK.name(), &[], greatest, now);
        fallen.assert_none(&format_args!(
            "reading {number} of the total during {observations}"
        ));
        greatest = now;
    }
    greatest
}

fn assert_no_rows<A: Aggregation<Data: Debug + PartialEq + Clone>>(view: &View<A>) {
    let left = values(view, A::Data::clone);
    let differences = Differences::between(&left.view, &BTreeMap::new(), &left.rows);
    differences.assert_none(&"when all observations have ended");
}

#[test]
fn totals_rise_and_values_are_whole() {
    let observations = Observations([
        Progress::new("worker a's observation"),
        Progress::new("worker b's observation"),
        Progress::new("worker c's observation"),
    ]);
    let [a, b, c] = &observations.0;
    let exporter = Exporter::builder().build_lenient();
    let greatest = with_background(
        &[
            &|stop| work(stop, "a", a),
            &|stop| work(stop, "b", b),
            &|stop| work(stop, "c", c),
            &|stop| register_and_unregister(stop, &observations),
            &|stop| {
                stop.repeat_until_set("scrape", &observations, |_| {
                    let _ = scrape::text(&exporter);
                    let _ = scrape::open_metrics(&exporter);
                });
            },
            &|stop| levels_are_whole(stop, &observations),
        ],
        || total_never_falls(&observations),
    );
    assert!(greatest > 0, "all_work has never risen");
    assert_no_rows(&LEVELS);
    assert_no_rows(&LEVEL_COUNT);
    let workers = keys_of_rows(&WORK_DONE);
    assert_eq!(workers, keys(&[["a"], ["b"], ["c"]]), "rows of work_done");
    let text = scrape::text(&exporter);
    let failed = scrape::sample_lines(&text).filter(|line| {
        let is_failure = line.starts_with("census_failed_observations_total{");
        // The machine may be busy for a second.
        is_failure && !line.contains("\"deadline\"") && !line.ends_with(" 0")
    });
    let failed: Vec<&str> = failed.collect();
    assert!(failed.is_empty(), "observations have failed: {failed:?}");
    assert_eq!(census::check(), Ok(()));
}

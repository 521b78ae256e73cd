//! Observations that come and go on many threads, while views come and go and collections of all kinds run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use census::prometheus::Exporter;
use census::{Number, Observed, TagKey, measure, tag, tags, view};
use census_tests::scrape;
use census_tests::threads::{Stop, with_background};

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

fn total() -> Option<u64> {
    match ALL_WORK.data().get(&tags!()) {
        Some(Number::U64(sum)) => Some(*sum),
        _ => None,
    }
}

#[test]
fn totals_rise_and_values_are_whole() {
    let worker = |worker: &'static str| {
        move |stop: &Stop| {
            while !stop.is_set() {
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
            }
        }
    };
    let views = |stop: &Stop| {
        while !stop.is_set() {
            ON_AND_OFF.register().expect("a valid view");
            let observation = COMES_AND_GOES.observe(|seen| seen.record(-1, tags!()));
            let data = ON_AND_OFF.data();
            assert!(data.rows.len() <= 1);
            drop(observation);
            assert!(ON_AND_OFF.unregister());
        }
    };
    let exporter = Exporter::builder().build_lenient();
    let scrapes = |stop: &Stop| {
        while !stop.is_set() {
            let _ = scrape::text(&exporter);
            let _ = scrape::open_metrics(&exporter);
        }
    };
    let levels = |stop: &Stop| {
        while !stop.is_set() {
            for row in LEVELS.data().rows {
                let Number::U64(level) = row.data else {
                    unreachable!("a sum of `u64`");
                };
                assert!(level % 2 == 0 && level > 0, "half of a reading: {level}");
            }
        }
    };
    let (first, second, third) = (worker("a"), worker("b"), worker("c"));
    let mut greatest = 0;
    with_background(
        &[&first, &second, &third, &views, &scrapes, &levels],
        || {
            let begun = Instant::now();
            while begun.elapsed() < TIME {
                let Some(now) = total() else {
                    continue;
                };
                assert!(now >= greatest, "a total fell from {greatest} to {now}");
                greatest = now;
            }
        },
    );
    assert!(greatest > 0);
    assert!(LEVELS.data().rows.is_empty());
    assert!(LEVEL_COUNT.data().rows.is_empty());
    assert_eq!(WORK_DONE.data().rows.len(), 3);
    let text = scrape::text(&exporter);
    let failed = scrape::sample_lines(&text).filter(|line| {
        let is_failure = line.starts_with("census_failed_observations_total{");
        // The machine may be busy for a second.
        is_failure && !line.contains("\"deadline\"") && !line.ends_with(" 0")
    });
    assert_eq!(failed.count(), 0, "{text}");
    assert_eq!(census::check(), Ok(()));
}

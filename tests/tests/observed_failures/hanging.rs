//! Many readings that hang.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use census::prometheus::Exporter;
use census::{Observation, Observed, TagKey, measure, tag, tags, view};
use census_tests::scrape;

#[tag]
static ENGINE: TagKey;
#[measure]
static HANGING: Observed<u64>;
#[measure]
static HEALTHY: Observed<u64> = || 1;

view! {
    static HANGING_VALUE: Sum<HANGING> by (ENGINE);
    static HEALTHY_VALUE: Sum<HEALTHY>;
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("Linux").count()
}

#[test]
fn a_hundred_hanging_readings_cost_one_deadline_and_a_handful_of_threads() {
    let _alone = super::alone();
    let deadline = Duration::from_millis(800);
    let exporter = Exporter::builder().observe_within(deadline).build_lenient();
    assert!(scrape::text(&exporter).contains("healthy_value 1\n"));
    let lock = Arc::new(Mutex::new(3));
    let observations: Vec<Observation> = (0_u64..100)
        .map(|engine| {
            let lock = Arc::clone(&lock);
            HANGING.observe(move |seen| {
                let value = *lock.lock().expect("no panic");
                seen.record(value, tags!(ENGINE = engine));
            })
        })
        .collect();
    let guard = lock.lock().expect("no panic");
    let before = threads();
    let timed = || {
        let begun = Instant::now();
        let text = scrape::text(&exporter);
        assert!(text.contains("healthy_value 1\n"), "{text}");
        assert!(!text.contains("hanging_value"), "{text}");
        begun.elapsed()
    };
    let first = timed();
    assert!(first >= deadline && first < 2 * deadline, "{first:?}");
    // The second one tries one more of them.
    let _ = timed();
    for _ in 0..20 {
        let later = timed();
        assert!(later < deadline / 2, "{later:?}");
    }
    let more = threads() - before;
    assert!(more <= 12, "{more} threads more");
    drop(guard);
    let all_are_back = || (HANGING_VALUE.data().rows.len() == 100).then_some(());
    assert!(census_tests::eventually(all_are_back).is_some());
    drop(observations);
    let have_ended = || (threads() <= before + 1).then_some(());
    assert!(
        census_tests::eventually(have_ended).is_some(),
        "{} threads",
        threads()
    );
}

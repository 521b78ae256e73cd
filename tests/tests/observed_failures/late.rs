//! Readings that are late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use census::prometheus::Exporter;
use census::{Observed, measure, tags, view};
use census_tests::scrape;

use super::failures;

#[measure]
static LOCKED: Observed<u64>;
#[measure]
static FREE: Observed<u64>;
#[measure]
static SLOW: Observed<u64>;

view! {
    static LOCKED_VALUE: Sum<LOCKED>;
    static FREE_VALUE: Sum<FREE>;
    static SLOW_VALUE: Sum<SLOW>;
}

#[test]
fn a_caller_that_holds_the_lock_of_a_reading_comes_back_without_it() {
    let _alone = super::alone();
    let lock = Arc::new(Mutex::new(5));
    let read = Arc::clone(&lock);
    let locked = LOCKED.observe(move |seen| {
        seen.record(*read.lock().expect("no panic"), tags!());
    });
    let free = FREE.observe(|seen| seen.record(1, tags!()));
    let exporter = Exporter::builder()
        .observe_within(Duration::from_secs(1))
        .build_lenient();
    let guard = lock.lock().expect("no panic");
    let begun = Instant::now();
    let text = scrape::text(&exporter);
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(1), "{took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!text.contains("locked_value"), "{text}");
    assert!(text.contains("free_value 1\n"), "{text}");
    // It has not returned, so it is not begun again, and costs no time.
    let begun = Instant::now();
    let text = scrape::text(&exporter);
    assert!(
        begun.elapsed() < Duration::from_millis(700),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        !text.contains("locked_value") && text.contains("free_value 1\n"),
        "{text}"
    );
    drop(guard);
    let is_back = || (!LOCKED_VALUE.data().rows.is_empty()).then_some(());
    assert!(census_tests::eventually(is_back).is_some());
    assert!(failures("locked", "deadline") >= 2);
    assert_eq!(failures("free", "deadline"), 0);
    drop((locked, free));
}

#[test]
fn each_collection_has_its_own_deadline() {
    let _alone = super::alone();
    let slow = SLOW.observe(|seen| {
        thread::sleep(Duration::from_millis(300));
        seen.record(1, tags!());
    });
    let within = |milliseconds| {
        Exporter::builder()
            .observe_within(Duration::from_millis(milliseconds))
            .build_lenient()
    };
    let (hasty, patient) = (within(50), within(5_000));
    thread::scope(|scope| {
        let hasty = scope.spawn(|| scrape::text(&hasty));
        let patient = scope.spawn(|| scrape::text(&patient));
        assert!(!hasty.join().expect("no panic").contains("slow_value"));
        // It may have been in the next run, in which the reading has not returned from the first one.
        let _ = patient.join().expect("no panic");
    });
    thread::sleep(Duration::from_millis(400));
    assert!(scrape::text(&patient).contains("slow_value 1\n"));
    drop(slow);
}

#[test]
fn readings_that_the_deadline_leaves_no_time_for_have_their_turn() {
    let _alone = super::alone();
    // Each is in time, and all of them together take twice the deadline.
    let measure = Observed::<u64>::builder("observed_failures/turns").register();
    let measure = measure.expect("a measure");
    let readings: Arc<[AtomicUsize]> = (0..20).map(|_| AtomicUsize::new(0)).collect();
    let observations: Vec<_> = (0..readings.len())
        .map(|index| {
            let readings = Arc::clone(&readings);
            measure.observe(move |_| {
                thread::sleep(Duration::from_millis(40));
                readings[index].fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    let view = census::View::count("turns", &measure).register();
    let view = view.expect("a view");
    let exporter = Exporter::builder()
        .observe_within(Duration::from_millis(400))
        .build_lenient();
    let all_were_read = || {
        let _ = scrape::text(&exporter);
        let mut readings = readings.iter();
        let all = readings.all(|count| count.load(Ordering::SeqCst) > 0);
        all.then_some(())
    };
    assert!(
        census_tests::eventually(all_were_read).is_some(),
        "{readings:?}"
    );
    drop(observations);
    assert!(view.unregister());
}

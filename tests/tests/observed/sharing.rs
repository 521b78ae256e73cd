//! Collections that share readings.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use census::{Observed, measure, tags, view};
use census_tests::scrape;
use census_tests::threads::on_threads;

use super::{row, rows};

#[measure]
static SLOW: Observed<u64>;
#[measure]
static UNVIEWED: Observed<u64>;
#[measure]
static COUNTED: Observed<u64>;

view! {
    static SLOW_VALUE: LastValue<SLOW>;
    #[optional]
    static ON_REQUEST: LastValue<UNVIEWED>;
    static VALUE: LastValue<COUNTED>;
    static VALUES: Count<COUNTED>;
}

#[test]
fn collections_at_once_share_readings_that_begin_after_them() {
    const THREADS: u64 = 4;
    const ROUNDS: usize = 3;
    static TIME: AtomicU64 = AtomicU64::new(0);
    static READINGS: AtomicUsize = AtomicUsize::new(0);
    let _alone = super::alone();
    let observation = SLOW.observe(|seen| {
        READINGS.fetch_add(1, Ordering::SeqCst);
        let time = TIME.load(Ordering::SeqCst);
        thread::sleep(Duration::from_millis(100));
        seen.record(time, tags!());
    });
    on_threads(0..THREADS, |_| {
        for _ in 0..ROUNDS {
            let asked = TIME.fetch_add(1, Ordering::SeqCst) + 1;
            let data = SLOW_VALUE.data();
            let Some(census::Number::U64(read)) = data.get(&tags!()).copied() else {
                panic!("no value");
            };
            assert!(
                read >= asked,
                "a value of {read} is older than the call at {asked}"
            );
        }
    });
    let readings = READINGS.load(Ordering::SeqCst);
    let collections = usize::try_from(THREADS).expect("a small number") * ROUNDS;
    assert!(
        readings < collections,
        "{readings} readings for {collections}"
    );
    drop(observation);
}

#[test]
fn what_no_view_uses_is_not_read() {
    static READINGS: AtomicUsize = AtomicUsize::new(0);
    let _alone = super::alone();
    let observation = UNVIEWED.observe(|seen| {
        READINGS.fetch_add(1, Ordering::SeqCst);
        seen.record(1, tags!());
    });
    let _ = census::snapshot();
    let _ = scrape::views_of_this_process();
    assert_eq!(READINGS.load(Ordering::SeqCst), 0);
    assert!(rows(&ON_REQUEST).is_empty());
    ON_REQUEST.register().expect("a valid view");
    assert_eq!(rows(&ON_REQUEST), [row(&[], 1_u64)]);
    assert!(ON_REQUEST.unregister());
    let before = READINGS.load(Ordering::SeqCst);
    let _ = census::snapshot();
    assert_eq!(READINGS.load(Ordering::SeqCst), before);
    drop(observation);
}

#[test]
fn a_collection_reads_once_and_definitions_are_not_read() {
    static READINGS: AtomicUsize = AtomicUsize::new(0);
    let _alone = super::alone();
    let observation = COUNTED.observe(|seen| {
        READINGS.fetch_add(1, Ordering::SeqCst);
        seen.record(8, tags!());
    });
    let exporter = census::prometheus::Exporter::builder().build_lenient();
    let _ = (exporter.problems(), census::check(), census::catalogue());
    assert_eq!(READINGS.load(Ordering::SeqCst), 0);
    let _ = (rows(&VALUE), rows(&VALUES));
    assert_eq!(READINGS.load(Ordering::SeqCst), 2);
    drop(observation);
}

#[test]
fn a_collector_of_another_registry_has_the_values() {
    #[measure]
    static REGISTERED: Observed<u64> = || 6;
    view! { static IN_A_REGISTRY: LastValue<REGISTERED>; }
    let _alone = super::alone();
    let mut registry = census::prometheus::client::registry::Registry::default();
    let exporter = census::prometheus::Exporter::builder().build_lenient();
    exporter.register_into(&mut registry);
    let mut text = String::new();
    census::prometheus::client::encoding::text::encode(&mut text, &registry).expect("text");
    assert!(text.contains("in_a_registry 6\n"), "{text}");
    assert!(scrape::open_metrics(&exporter).contains("in_a_registry 6\n"));
    assert!(rows(&IN_A_REGISTRY) == [row(&[], 6_u64)]);
}

//! Collections and other calls within a reading.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use census::prometheus::Exporter;
use census::{Measure, Observation, Observed, View, measure, record, tags, view};
use census_tests::scrape;

use super::failures;

#[measure]
static OUTER: Observed<u64>;
#[measure]
static OTHER: Observed<u64>;
#[measure]
static RECORDED: Measure<u64>;

view! {
    static OUTER_VALUE: Sum<OUTER>;
    static OTHER_VALUE: Sum<OTHER>;
    static RECORDED_SUM: Sum<RECORDED>;
}

#[test]
fn a_collection_within_a_reading_has_no_observed_rows() {
    static FOUND: Mutex<Vec<(u16, usize, usize)>> = Mutex::new(Vec::new());
    let _alone = super::alone();
    let exporter = Exporter::builder().build_lenient();
    record!(RECORDED = 1);
    let other = OTHER.observe(|seen| seen.record(1, tags!()));
    let outer = OUTER.observe(move |seen| {
        record!(RECORDED = 1);
        let scrape = exporter.scrape(None);
        let found = (
            scrape.status,
            OTHER_VALUE.data().rows.len(),
            RECORDED_SUM.data().rows.len(),
        );
        FOUND.lock().expect("no panic").push(found);
        seen.record(3, tags!());
    });
    assert!(
        OUTER_VALUE
            .data()
            .get(&tags!())
            .is_some_and(|sum| *sum == 3)
    );
    assert_eq!(*FOUND.lock().expect("no panic"), [(500, 0, 1)]);
    assert_eq!(OTHER_VALUE.data().rows.len(), 1);
    drop(outer);
    assert_eq!(failures("other", "nested"), 1);
    drop(other);
}

#[test]
fn a_reading_may_register_views_and_make_and_drop_observations() {
    static OWN: Mutex<Option<Observation>> = Mutex::new(None);
    static READINGS: AtomicUsize = AtomicUsize::new(0);
    let _alone = super::alone();
    let observation = OUTER.observe(|seen| {
        READINGS.fetch_add(1, Ordering::SeqCst);
        let measure = Measure::<u64>::builder("observed_failures/nested").register();
        let view = View::sum("nested", &measure.expect("a measure")).register();
        assert!(view.expect("a view").unregister());
        drop(OTHER.observe(|_| {}));
        drop(OWN.lock().expect("no panic").take());
        seen.record(4, tags!());
    });
    *OWN.lock().expect("no panic") = Some(observation);
    assert!(
        OUTER_VALUE.data().rows.is_empty(),
        "it was dropped while it was read"
    );
    assert!(OUTER_VALUE.data().rows.is_empty());
    assert_eq!(READINGS.load(Ordering::SeqCst), 1);
}

#[test]
fn a_value_of_a_measure_that_is_not_named_is_refused() {
    let _alone = super::alone();
    let other = OTHER.observe(|seen| seen.record(1, tags!()));
    let observation = census::observe([&OUTER], |seen| {
        seen.record(&OUTER, 2, tags!());
        seen.record(&OTHER, 100, tags!());
        seen.record(&OTHER, 100, tags!());
    });
    assert!(
        OUTER_VALUE
            .data()
            .get(&tags!())
            .is_some_and(|sum| *sum == 2)
    );
    assert!(
        OTHER_VALUE
            .data()
            .get(&tags!())
            .is_some_and(|sum| *sum == 1)
    );
    drop(observation);
    assert_eq!(failures("other", "not_named"), 1);
    assert!(scrape::views_of_this_process().contains("other_value 1\n"));
    drop(other);
}

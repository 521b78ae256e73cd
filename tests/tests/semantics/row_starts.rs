//! When rows begin, and `_created`.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, Observed, TagKey, TagMap, TagValue, View, measure, record, tag, tags, view};
use census_tests::scrape;

#[tag]
static TENANT: TagKey;
#[derive(TagValue, Clone, Copy)]
enum Plan {
    Free,
    Paid,
}
#[tag]
static PLAN: TagKey<Plan>;

#[measure(name = "starts/bytes")]
static BYTES: Measure<u64>;
#[measure(name = "starts/level")]
static LEVEL: Measure<i64>;
#[measure(total, name = "starts/total")]
static TOTAL: Observed<u64> = || 7;

view! {
    static STARTS_COUNT: Count<BYTES> by (TENANT);
    static STARTS_SIZES: Distribution<BYTES> by (TENANT) { buckets: [10] }
    static STARTS_PLANS: Count<BYTES> by (PLAN);
    static STARTS_ALL: Count<BYTES>;
    static STARTS_FULL: Count<BYTES> by (TENANT) { max_series: 1 }
    static STARTS_LEVEL: Sum<LEVEL> by (TENANT);
    static STARTS_TOTAL: Sum<TOTAL>;
}

/// Longer than the steps in which the starts of rows are known.
fn pause() {
    thread::sleep(Duration::from_millis(3));
}

/// When the row of these tags began.
fn start<A: census::Aggregation>(view: &View<A>, tags: &TagMap) -> SystemTime {
    let data = view.data();
    let mut rows = data.rows.iter();
    let is_row = |row: &&census::Row<A::Data>| {
        row.tags()
            .all(|(key, value)| tags.get(key).map_or("", TagValue::as_str) == value)
    };
    let row = rows.find(is_row).expect("there is a row");
    row.start.expect("the measure is recorded")
}

#[test]
fn rows_begin_with_their_first_measurement() {
    let _isolated = isolate();
    let registered = STARTS_COUNT.data().start;
    let mut starts = vec![registered];
    for tenant in 0..100 {
        pause();
        let before = SystemTime::now();
        record!(BYTES = 1, tags(TENANT = tenant));
        let began = start(&STARTS_COUNT, &tags!(TENANT = tenant));
        // Whole milliseconds.
        assert!(before < began + Duration::from_millis(1) && began <= SystemTime::now());
        starts.push(began);
    }
    assert!(starts.is_sorted_by(|earlier, later| earlier < later));
    let first = start(&STARTS_COUNT, &tags!(TENANT = 0));
    record!(BYTES = 1, tags(TENANT = 0));
    thread::spawn(|| record!(BYTES = 1, tags(TENANT = 0)))
        .join()
        .expect("no panic");
    assert_eq!(start(&STARTS_COUNT, &tags!(TENANT = 0)), first);
}

#[test]
fn rows_that_are_there_from_the_start_begin_with_the_view() {
    let _isolated = isolate();
    let registered = STARTS_PLANS.data().start;
    pause();
    record!(BYTES = 1, tags(PLAN = Plan::Paid));
    for plan in [Plan::Free, Plan::Paid] {
        assert_eq!(start(&STARTS_PLANS, &tags!(PLAN = plan)), registered);
    }
    let registered = STARTS_ALL.data().start;
    assert_eq!(start(&STARTS_ALL, &TagMap::new()), registered);
}

#[test]
fn a_row_that_was_removed_begins_anew() {
    let _isolated = isolate();
    let (a, b) = (tags!(TENANT = "a"), tags!(TENANT = "b"));
    let record_both = || {
        record!(BYTES = 1, tags(TENANT = "a"));
        record!(BYTES = 1, tags(TENANT = "b"));
    };
    record_both();
    let first = [&a, &b].map(|tags| start(&STARTS_COUNT, tags));
    pause();
    assert!(STARTS_COUNT.remove(&a));
    record_both();
    assert!(start(&STARTS_COUNT, &a) > first[0]);
    assert_eq!(start(&STARTS_COUNT, &b), first[1]);
    pause();
    let cleared = SystemTime::now();
    STARTS_COUNT.clear();
    STARTS_ALL.clear();
    record_both();
    for tags in [&a, &b] {
        assert!(start(&STARTS_COUNT, tags) + Duration::from_millis(1) > cleared);
    }
    // This view has its row always.
    let again = start(&STARTS_ALL, &TagMap::new());
    assert!(again + Duration::from_millis(1) > cleared && again > STARTS_ALL.data().start);
}

#[test]
fn an_overflow_row_begins_with_the_first_measurement_that_goes_there() {
    let _isolated = isolate();
    record!(BYTES = 1, tags(TENANT = "a"));
    pause();
    let before = SystemTime::now();
    record!(BYTES = 1, tags(TENANT = "b"));
    let began = start(&STARTS_FULL, &tags!(TENANT = "_overflow"));
    assert!(before < began + Duration::from_millis(1));
    pause();
    record!(BYTES = 1, tags(TENANT = "c"));
    assert_eq!(start(&STARTS_FULL, &tags!(TENANT = "_overflow")), began);
}

#[test]
fn the_start_of_a_total_is_not_known() {
    let _isolated = isolate();
    let data = STARTS_TOTAL.data();
    let starts: Vec<_> = data.rows.iter().map(|row| row.start).collect();
    assert_eq!(starts, [None]);
}

#[test]
fn created_samples_are_written_on_request() {
    let _isolated = isolate();
    record!(BYTES = 1, tags(TENANT = "a"));
    pause();
    record!(BYTES = 20, tags(TENANT = "b"));
    record!(LEVEL = -1, tags(TENANT = "a"));
    let plain = Exporter::builder().const_label("x", "y").build_lenient();
    let asked = Exporter::builder()
        .const_label("x", "y")
        .created_samples(true)
        .build_lenient();
    assert!(!scrape::open_metrics(&plain).contains("_created"));
    assert_eq!(
        of_views(&scrape::text(&plain)),
        of_views(&scrape::text(&asked))
    );

    let written = scrape::open_metrics(&asked);
    let lines: Vec<&str> = written.lines().collect();
    let seconds = |tenant: &str| {
        let began = start(&STARTS_COUNT, &tags!(TENANT = tenant));
        let since = began.duration_since(UNIX_EPOCH).expect("after 1970");
        format!("{}.{:03}", since.as_secs(), since.subsec_millis())
    };
    for tenant in ["a", "b"] {
        let total = format!("starts_count_total{{x=\"y\",tenant=\"{tenant}\"}} 1");
        let index = lines.iter().position(|line| *line == total);
        let after = lines.get(index.expect("the row's sample") + 1);
        let created = format!(
            "starts_count_created{{x=\"y\",tenant=\"{tenant}\"}} {}",
            seconds(tenant)
        );
        assert_eq!(after, Some(&created.as_str()));
    }
    let of_histogram = scrape::samples_named(&written, "starts_sizes_created");
    assert_eq!(of_histogram.len(), 2, "{of_histogram:?}");
    assert!(!written.contains("starts_level_created"), "it is a gauge");
    assert!(!written.contains("starts_total_created"), "it is observed");
    let without = of_views(&written).into_iter();
    let without: Vec<&str> = without.filter(|line| !line.contains("_created")).collect();
    assert_eq!(without, of_views(&scrape::open_metrics(&plain)));
}

/// The lines without those of the library's own families, which count the scrapes.
fn of_views(exposition: &str) -> Vec<&str> {
    let lines = exposition.lines();
    lines.filter(|line| !line.contains("census_")).collect()
}

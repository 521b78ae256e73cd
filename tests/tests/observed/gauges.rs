//! Views of what is there now: a row is there while a value is said for it.

use std::sync::Arc;

use census::prometheus::Exporter;
use census::{Observed, TagKey, TagMap, TagValue, measure, tag, tags, view};
use census_tests::scrape;

use super::{row, rows};

#[derive(TagValue)]
enum State {
    Idle,
    Busy,
}

#[tag]
static POOL: TagKey;
#[tag]
static STATE: TagKey<State>;
/// A key of the same name that knows nothing of the set.
#[tag(name = "state")]
static PLAIN_STATE: TagKey;

#[measure]
static SIZE: Observed<u64>;
#[measure]
static CROWDED: Observed<u64>;
#[measure]
static CLOSED: Observed<i64>;
#[measure]
static DEGREES: Observed<f64>;

view! {
    /// Connections.
    static CONNECTIONS: Sum<SIZE> by (POOL);
    static LAST_SIZE: LastValue<SIZE> by (POOL);
    static READINGS: Count<SIZE> by (POOL);

    static FEW: Sum<CROWDED> by (POOL, STATE) { max_series: 2 }

    /// Connections, by state.
    static BY_STATE: Sum<CLOSED> by (STATE as status) { name: "states", namespace: false }

    static TEMPERATURE: LastValue<DEGREES>;
}

#[test]
fn readings_are_combined_in_the_order_of_their_registration() {
    let _alone = super::alone();
    let said = |value: u64, name: &'static str| {
        SIZE.observe(move |seen| seen.record(value, tags!(POOL = name)))
    };
    let observations = [said(1, "b"), said(10, "a"), said(5, "b")];
    assert_eq!(
        rows(&CONNECTIONS),
        [row(&["a"], 10_u64), row(&["b"], 6_u64)]
    );
    assert_eq!(rows(&LAST_SIZE), [row(&["a"], 10_u64), row(&["b"], 5_u64)]);
    assert_eq!(rows(&READINGS), [row(&["a"], 1_u64), row(&["b"], 2_u64)]);

    let exporter = Exporter::builder().namespace("app").build_lenient();
    let text = scrape::text(&exporter);
    for line in [
        "# HELP app_connections Connections.\n# TYPE app_connections gauge\napp_connections{pool=\"a\"} 10\n",
        "# TYPE app_last_size gauge\napp_last_size{pool=\"a\"} 10\n",
        "# TYPE app_readings gauge\napp_readings{pool=\"a\"} 1\napp_readings{pool=\"b\"} 2\n",
    ] {
        assert!(text.contains(line), "no {line}in {text}");
    }
    let [first, a, second] = observations;
    drop(a);
    let text = scrape::text(&exporter);
    let without_a = "app_connections gauge\napp_connections{pool=\"b\"} 6\n# HELP";
    assert!(text.contains(without_a), "{text}");
    drop((first, second));
    let text = scrape::text(&exporter);
    assert!(!text.contains("app_connections"), "{text}");
    assert!(rows(&CONNECTIONS).is_empty());
}

#[test]
fn overflow_rows_keep_their_closed_columns() {
    let _alone = super::alone();
    let said: Arc<[(&str, State)]> = Arc::new([
        ("a", State::Idle),
        ("b", State::Busy),
        ("c", State::Idle),
        ("d", State::Idle),
        ("a", State::Idle),
    ]);
    let observation = CROWDED.observe(move |seen| {
        for (pool, state) in said.iter() {
            seen.record(1, tags!(POOL = pool, STATE = state));
        }
    });
    let expected = [
        row(&["_overflow", "idle"], 2_u64),
        row(&["a", "idle"], 2_u64),
        row(&["b", "busy"], 1_u64),
    ];
    assert_eq!(rows(&FEW), expected);
    let data = FEW.data();
    assert_eq!(data.overflowed, 4, "two of each collection");
    let name = "census_overflowed_measurements_total{view=\"few\"} ";
    let text = scrape::views_of_this_process();
    assert!(text.contains(&format!("{name}6\n")), "{text}");
    drop(observation);
    let text = scrape::views_of_this_process();
    assert!(
        text.contains(&format!("{name}6\n")),
        "a count does not fall: {text}"
    );
}

#[test]
fn closed_and_renamed_columns_are_those_of_other_views() {
    let _alone = super::alone();
    let outside = tags!(PLAIN_STATE = "melting");
    let observation = CLOSED.observe(move |seen| {
        seen.record(-2, tags!(STATE = State::Busy));
        seen.record(3, outside.clone());
        seen.record(4, tags!());
    });
    let exporter = Exporter::builder().namespace("app").build_lenient();
    let text = scrape::text(&exporter);
    let lines = "# HELP states Connections, by state.\n# TYPE states gauge\nstates{status=\"\"} 4\n\
                 states{status=\"_other\"} 3\nstates{status=\"busy\"} -2\n";
    assert!(text.contains(lines), "no {lines}in {text}");
    drop(observation);
}

#[test]
fn nan_and_infinities_are_refused_and_counted() {
    let _alone = super::alone();
    let observation = DEGREES.observe(|seen| {
        seen.record(21.5, tags!());
        seen.record(f64::NAN, tags!());
        seen.record(f64::INFINITY, tags!());
    });
    assert_eq!(rows(&TEMPERATURE), [row(&[], 21.5)]);
    let text = scrape::views_of_this_process();
    let line = "census_refused_measurements_total{measure=\"observed/degrees\"} 4\n";
    assert!(text.contains(line), "{text}");
    drop(observation);
}

#[test]
fn tags_of_the_caller_are_not_those_of_a_reading() {
    #[measure]
    static SILENT: Observed<u64>;
    view! { static TAGLESS: Sum<SILENT> by (POOL); }
    let _alone = super::alone();
    let observation = SILENT.observe(|seen| seen.record(1, TagMap::current()));
    let found = tags!(POOL = "caller").scope(|| rows(&TAGLESS));
    assert_eq!(found, [row(&[""], 1_u64)]);
    drop(observation);
}

//! Tag keys with closed sets of values: rows with zeros, values from outside, and overflow rows that keep what the program
//! knows.

mod run_time;

use std::collections::BTreeSet;
use std::sync::Arc;

use census::calls::{FUNCTION, LATENCY, MODULE, RESULT};
use census::prometheus::Exporter;
use census::testing::isolate;
use census::{
    AnyTagKey, Measure, TagKey, TagMap, TagValue, measure, record, snapshot, tag, tags, view,
};
use census_tests::rows::{integer, keys, keys_of_rows};
use census_tests::scrape;

#[derive(Clone, Copy, Debug, TagValue)]
enum Method {
    Get,
    Post,
    #[tag_value("BREW")]
    Brew,
}

#[derive(Clone, Copy, Debug, TagValue)]
enum Outcome {
    Ok,
    Error,
}

#[tag]
static METHOD: TagKey<Method>;
#[tag]
static OUTCOME: TagKey<Outcome>;
#[tag]
static CACHED: TagKey<bool>;
#[tag]
static TENANT: TagKey;
/// Another crate's key of the same name, which knows nothing of the set.
#[tag(name = "method")]
static PLAIN_METHOD: TagKey;

#[measure]
static REQUESTS: Measure<u64>;
#[measure(name = "closed_tags/open")]
static OPEN: Measure<i64>;
#[measure]
static OUTSIDE: Measure<u64>;
#[measure]
static OVERFLOWING: Measure<u64>;
#[measure]
static RENAMED: Measure<u64>;

view! {
    static BY_METHOD: Count<REQUESTS> by (METHOD, CACHED);
    static SIZES: Distribution<REQUESTS> by (METHOD) { buckets: [10] }
    static LEVELS: Sum<OPEN> by (OUTCOME);
    static LAST: LastValue<OPEN> by (OUTCOME);
    static WITHOUT_ZEROS: Count<REQUESTS> by (METHOD) { zero: false }
    static WITH_AN_OPEN_COLUMN: Count<REQUESTS> by (METHOD, TENANT);

    static OUTSIDE_BY_METHOD: Count<OUTSIDE> by (METHOD);
    static OUTSIDE_BY_PLAIN_KEY: Count<OUTSIDE> by (PLAIN_METHOD);

    static BY_TENANT: Sum<OVERFLOWING> by (OUTCOME, TENANT, METHOD) { max_series: 6 }
    static CALLS: Count<LATENCY> by (FUNCTION, MODULE, TENANT, RESULT) { name: "calls_by_tenant", max_series: 1 }

    static BY_STATUS: Count<RENAMED> by (OUTCOME as status, METHOD as http_method, TENANT);
}

#[test]
fn rows_with_zeros_are_there_before_the_first_measurement() {
    let _isolated = isolate();
    let all = keys(&[
        ["get", "false"],
        ["get", "true"],
        ["post", "false"],
        ["post", "true"],
        ["BREW", "false"],
        ["BREW", "true"],
    ]);
    assert_eq!(keys_of_rows(&BY_METHOD), all);
    assert!(BY_METHOD.data().rows.iter().all(|row| row.data == 0));
    assert_eq!(keys_of_rows(&LEVELS), keys(&[["ok"], ["error"]]));
    assert_eq!(keys_of_rows(&WITHOUT_ZEROS), BTreeSet::new());
    assert_eq!(keys_of_rows(&WITH_AN_OPEN_COLUMN), BTreeSet::new());

    let text = scrape::text(&Exporter::builder().build_lenient());
    for line in [
        "by_method_total{method=\"get\",cached=\"false\"} 0",
        "sizes_bucket{le=\"10.0\",method=\"BREW\"} 0",
        "sizes_count{method=\"post\"} 0",
        "levels{outcome=\"error\"} 0",
    ] {
        assert!(text.lines().any(|it| it == line), "no {line} in:\n{text}");
    }
    // There is no last value before the first one.
    assert!(!text.contains("\nlast{"), "{text}");

    record!(REQUESTS = 1, tags(METHOD = Method::Get, CACHED = true));
    record!(REQUESTS = 1, tags(METHOD = &Some(Method::Get)));
    let hit = tags!(METHOD = Method::Get, CACHED = true);
    assert_eq!(BY_METHOD.data().get(&hit), Some(&1));
    // A tag that is not set is one value more.
    let unset = tags!(METHOD = Method::Get);
    assert_eq!(BY_METHOD.data().get(&unset), Some(&1));
    assert_eq!(BY_METHOD.data().rows.len(), 7);
    assert_eq!(keys_of_rows(&WITHOUT_ZEROS), keys(&[["get"]]));
}

/// The values come from baggage, from binary tags, and from keys and maps that do not know the set.
#[test]
fn text_from_outside_makes_one_row() {
    const VALUES: u64 = 100_000;
    let _isolated = isolate();
    let before = OUTSIDE_BY_METHOD.data().rows.len();
    assert_eq!(before, 3);
    for number in 0..VALUES {
        TagMap::from_baggage(format!("method=m{number}")).scope(|| OUTSIDE.record(1));
    }
    for view in [&OUTSIDE_BY_METHOD, &OUTSIDE_BY_PLAIN_KEY] {
        let data = view.data();
        assert_eq!((data.rows.len(), data.overflowed), (before + 1, 0));
        assert_eq!(data.get(&tags!(PLAIN_METHOD = "_other")), Some(&VALUES));
    }

    let brew = tags!(PLAIN_METHOD = "brew");
    TagMap::decode(&brew.encode().expect("small").into_inner())
        .expect("just encoded")
        .scope(|| OUTSIDE.record(1));
    record!(OUTSIDE = 1, tags(PLAIN_METHOD = "_overflow"));
    OUTSIDE.bind(brew.clone()).record(1);
    let mut map = TagMap::new();
    for (key, value) in &brew {
        map.insert(key, value.clone());
    }
    map.scope(|| OUTSIDE.record(1));
    assert_eq!(keys_of_rows(&OUTSIDE_BY_METHOD).len(), before + 1);
    let other = tags!(PLAIN_METHOD = "_other");
    assert_eq!(OUTSIDE_BY_METHOD.data().get(&other), Some(&(VALUES + 4)));

    // Values of the set are themselves, wherever they come from.
    TagMap::from_baggage("method=BREW").scope(|| OUTSIDE.record(1));
    record!(OUTSIDE = 1, tags(PLAIN_METHOD = "BREW"));
    let brew = tags!(METHOD = Method::Brew);
    assert_eq!(OUTSIDE_BY_METHOD.data().get(&brew), Some(&2));
    assert_eq!(OUTSIDE_BY_PLAIN_KEY.data().get(&brew), Some(&2));
}

#[test]
fn overflow_rows_keep_closed_columns() {
    let _isolated = isolate();
    let methods = [Method::Get, Method::Post, Method::Brew];
    for tenant in 0..50_u64 {
        for (number, method) in (1..).zip(methods) {
            record!(
                OVERFLOWING = number,
                tags(TENANT = tenant, METHOD = method, OUTCOME = Outcome::Error)
            );
        }
        record!(OVERFLOWING = 100, tags(TENANT = tenant));
    }
    let data = BY_TENANT.data();
    let overflow = |tags: &TagMap| data.get(tags).map(integer);
    let of = |method, outcome| {
        overflow(&tags!(
            TENANT = "_overflow",
            METHOD = method,
            OUTCOME = outcome
        ))
    };
    // The six rows: all of the first tenant, and two of the second.
    assert_eq!(of(Some(Method::Get), Some(Outcome::Error)), Some(48));
    assert_eq!(of(Some(Method::Post), Some(Outcome::Error)), Some(2 * 48));
    assert_eq!(of(Some(Method::Brew), Some(Outcome::Error)), Some(3 * 49));
    assert_eq!(of(None, None), Some(100 * 49));
    assert_eq!(data.rows.len(), 6 + 4);
    assert_eq!(data.overflowed, 48 + 48 + 49 + 49);
    let total: i64 = data.rows.iter().map(|row| integer(&row.data)).sum();
    assert_eq!(total, 50 * (1 + 2 + 3 + 100));
}

#[measure]
fn fallible(fails: bool) -> Result<(), ()> {
    if fails { Err(()) } else { Ok(()) }
}

#[measure(result = |number| if *number > 3 { "large" } else { "small" })]
fn with_results_of_its_own(number: u8) -> u8 {
    number
}

#[test]
fn overflow_rows_keep_functions_modules_and_known_results() {
    let _isolated = isolate();
    for tenant in ["a", "b", "c"] {
        tags!(TENANT = tenant).scope(|| {
            let _ = fallible(true);
            let _ = fallible(false);
            with_results_of_its_own(7);
        });
    }
    let data = CALLS.data();
    let overflow = |function: &str, result: &str| {
        data.get(&tags!(
            FUNCTION = function,
            MODULE = module_path!(),
            TENANT = "_overflow",
            RESULT = result
        ))
        .copied()
    };
    // The only row that is no overflow row is that of the first call.
    assert_eq!(overflow("fallible", "error"), Some(2));
    assert_eq!(overflow("fallible", "ok"), Some(3));
    // A result that the catalogue does not know has no bound.
    assert_eq!(
        overflow("with_results_of_its_own", "_overflow"),
        Some(3),
        "{data:?}"
    );
    assert_eq!(data.rows.len(), 4);
}

#[test]
fn columns_have_other_labels() {
    let _isolated = isolate();
    record!(RENAMED = 1, tags(OUTCOME = Outcome::Ok, TENANT = "a"));
    let line = "by_status_total{status=\"ok\",http_method=\"\",tenant=\"a\"} 1";
    let exporter = Exporter::builder().build_lenient();
    for body in [scrape::text(&exporter), scrape::open_metrics(&exporter)] {
        assert!(body.lines().any(|it| it == line), "{body}");
    }
    let snapshot = snapshot();
    let mut views = snapshot.views();
    let view = views.find(|view| view.name() == "by_status");
    let columns = view.expect("the view is registered").columns();
    let columns = columns
        .iter()
        .map(|column| (column.key().name(), column.label()));
    assert!(columns.eq([
        ("outcome", "status"),
        ("method", "http_method"),
        ("tenant", "tenant")
    ]));
    let data = BY_STATUS.data();
    // A row is asked by its keys.
    let row = &data.rows[0];
    assert_eq!(row.tag(&OUTCOME), Some("ok"));
    assert_eq!(row.tag(&METHOD), Some(""));
    assert_eq!(row.tag(&CACHED), None);
}

#[test]
fn keys_of_any_set_are_in_one_list() {
    const KEYS: [&dyn AnyTagKey; 3] = [&METHOD, &TENANT, &CACHED];
    static STATIC_KEYS: &[&dyn AnyTagKey] = &KEYS;
    let _isolated = isolate();
    let mut tags = tags!(METHOD = Method::Get, TENANT = "a");
    let values: Vec<Option<&str>> = STATIC_KEYS
        .iter()
        .map(|key| tags.get(*key).map(TagValue::as_str))
        .collect();
    assert_eq!(values, [Some("get"), Some("a"), None]);

    assert!(!tags.insert(&METHOD, Method::Post));
    assert!(tags.insert(&CACHED, true));
    assert!(tags.update(&METHOD, Method::Post));
    assert_eq!(
        tags,
        tags!(METHOD = Method::Post, TENANT = "a", CACHED = true)
    );
    tags.upsert(&METHOD, Method::Brew);
    for key in STATIC_KEYS {
        assert!(tags.delete(*key));
    }
    assert_eq!(tags, TagMap::new());

    let shared: Arc<TagKey<Method>> = Arc::new(METHOD.clone());
    assert_eq!(shared.untyped(), METHOD.untyped());
    assert_eq!(METHOD.untyped(), PLAIN_METHOD);
    assert!(METHOD == PLAIN_METHOD && PLAIN_METHOD != OUTCOME);
}

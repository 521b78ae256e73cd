//! Rows: which there are, and how many at most.

use std::borrow::Cow;
use std::cell::Cell;

use census::{Measure, Number, TagKey, TagMap, TagValue, measure, record, tag, tags, view};

#[tag]
static WHO: TagKey;
#[tag]
static WHAT: TagKey;
#[measure]
static HITS: Measure<u64>;
#[measure]
static MANY: Measure<u64>;
#[measure]
static LOUD: Measure<u64>;
#[measure]
static UNVIEWED: Measure<u64>;
#[measure]
static KINDS: Measure<u64>;

view! {
    static BY_WHO: Count<HITS> by (WHO);
    static BY_BOTH: Sum<HITS> by (WHAT, WHO);
    static ALL: Count<HITS>;
    static BOUNDED: Sum<MANY> by (WHO) { max_series: 3 }
    static ALL_MANY: Sum<MANY>;
    static LITERAL: Sum<LOUD> by (WHO) { max_series: 1 }
    static BY_KIND: Count<KINDS> by (WHAT);
}

fn exposition() -> String {
    census::prometheus::Exporter::builder()
        .build_lenient()
        .scrape(None)
        .body
        .to_string()
}

#[test]
fn a_missing_tag_and_an_empty_one_are_one_row() {
    HITS.record(1);
    record!(HITS = 2, tags(WHO = ""));
    record!(HITS = 4, tags(WHO = None::<&str>));
    record!(HITS = 8, tags(WHO = "x", WHAT = "w"));
    assert_eq!(BY_WHO.data().rows.len(), 2);
    assert_eq!(BY_WHO.data().get(&TagMap::new()), Some(&3));
    assert!(
        BY_BOTH
            .data()
            .get(&tags!(WHO = "x", WHAT = "w"))
            .is_some_and(|sum| *sum == 8)
    );
    assert_eq!(ALL.data().get(&TagMap::new()), Some(&4));
    let data = BY_BOTH.data();
    let row = data.rows.last().expect("two rows");
    assert_eq!(
        row.tags()
            .map(|(key, value)| (key.name(), value))
            .collect::<Vec<_>>(),
        [("what", "w"), ("who", "x")]
    );
    assert_eq!(
        (
            row.tag(&WHO),
            row.tag(&TagKey::new("other").expect("a name"))
        ),
        (Some("x"), None)
    );
    assert!(data.start <= data.end);
}

#[test]
fn what_is_too_much_goes_to_the_overflow_row_and_totals_stay_right() {
    for i in 0..100_u64 {
        record!(MANY = 1, tags(WHO = i % 10));
    }
    let data = BOUNDED.data();
    assert_eq!(data.rows.len(), 4, "three, and the overflow row");
    assert!(
        data.get(&tags!(WHO = "_overflow"))
            .is_some_and(|sum| *sum == 70)
    );
    assert_eq!(data.overflowed, 70);
    assert_eq!(ALL_MANY.data().get(&TagMap::new()), Some(&Number::U64(100)));
    assert!(exposition().contains("census_overflowed_measurements_total{view=\"bounded\"} 70\n"));
}

#[test]
fn a_tag_value_that_reads_like_the_overflow_row_is_no_second_series() {
    record!(LOUD = 1, tags(WHO = "_overflow"));
    record!(LOUD = 2, tags(WHO = "a"));
    record!(LOUD = 4, tags(WHO = "b"));
    assert_eq!(LITERAL.data().rows.len(), 1);
    assert!(
        LITERAL
            .data()
            .get(&tags!(WHO = "_overflow"))
            .is_some_and(|sum| *sum == 7)
    );
    assert_eq!(exposition().matches("\nliteral_total{").count(), 1);
}

#[test]
fn every_kind_of_value_can_be_a_tag() {
    #[derive(Clone, Copy, census::TagValue)]
    enum Method {
        HttpGet,
        #[tag_value("POST")]
        Post,
    }
    let long = "\u{e9}".repeat(200);
    let text = String::from("text");
    record!(KINDS = 1, tags(WHAT = Method::HttpGet));
    record!(KINDS = 1, tags(WHAT = &Method::Post));
    record!(KINDS = 1, tags(WHAT = text));
    record!(KINDS = 1, tags(WHAT = Cow::Borrowed("cow")));
    record!(KINDS = 1, tags(WHAT = true));
    record!(KINDS = 1, tags(WHAT = 'c'));
    record!(KINDS = 1, tags(WHAT = -7_i8));
    record!(KINDS = 1, tags(WHAT = Some(u128::MAX)));
    record!(KINDS = 1, tags(WHAT = long));
    record!(KINDS = 1, tags(WHAT = TagValue::new("v").expect("short")));
    let data = BY_KIND.data();
    let rows: Vec<_> = data.rows.iter().filter_map(|row| row.tag(&WHAT)).collect();
    let max = u128::MAX.to_string();
    let cut = "\u{e9}".repeat(127);
    assert_eq!(
        rows,
        [
            "http_get", "POST", "text", "cow", "true", "c", "-7", &max, &cut, "v"
        ]
    );
}

#[test]
fn nothing_is_evaluated_for_what_nobody_views() {
    let calls = Cell::new(0);
    let count = || {
        calls.set(calls.get() + 1);
        1
    };
    record!(
        UNVIEWED = count(),
        tags(WHO = count()),
        exemplar(id = count())
    );
    assert_eq!(calls.get(), 0);
    assert!(!UNVIEWED.is_viewed());
    // One of the measures is viewed: all is evaluated, once.
    record!(
        UNVIEWED = count(),
        HITS = 0,
        tags(WHO = count().to_string())
    );
    assert_eq!(calls.get(), 2);
}

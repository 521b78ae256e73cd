//! The rows of views: their tags, their limit, and what is evaluated for them.

use std::borrow::Cow;
use std::cell::Cell;

use census::testing::isolate;
use census::{Measure, Number, TagKey, TagMap, TagValue, measure, record, tag, tags, view};
use census_tests::rows::{only_row, row};
use census_tests::scrape;

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
static VIEWED: Measure<u64>;
#[measure]
static KINDS: Measure<u64>;

view! {
    static BY_WHO: Count<HITS> by (WHO);
    static BY_BOTH: Sum<HITS> by (WHAT, WHO);
    static ALL: Count<HITS>;
    static BOUNDED: Sum<MANY> by (WHO) { max_series: 3 }
    static ALL_MANY: Sum<MANY>;
    static LITERAL: Sum<LOUD> by (WHO) { max_series: 1 }
    static VIEWED_COUNT: Count<VIEWED>;
    static BY_KIND: Count<KINDS> by (WHAT);
}

#[test]
fn unset_and_empty_tags_are_one_row() {
    let _isolated = isolate();
    HITS.record(1);
    record!(HITS = 2, tags(WHO = ""));
    record!(HITS = 4, tags(WHO = None::<&str>));
    record!(HITS = 8, tags(WHO = "x", WHAT = "w"));
    assert_eq!(BY_WHO.data().rows.len(), 2);
    assert_eq!(row(&BY_WHO, &TagMap::new()), Some(3));
    let both = row(&BY_BOTH, &tags!(WHO = "x", WHAT = "w"));
    assert_eq!(both, Some(Number::U64(8)));
    assert_eq!(only_row(&ALL), Some(4));
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
fn overflow_row_keeps_totals_exact() {
    let _isolated = isolate();
    for i in 0..100_u64 {
        record!(MANY = 1, tags(WHO = i % 10));
    }
    let data = BOUNDED.data();
    assert_eq!(data.rows.len(), 4, "three rows and the overflow row");
    let overflow = data.get(&tags!(WHO = "_overflow"));
    assert_eq!(overflow, Some(&Number::U64(70)));
    assert_eq!(data.overflowed, 70);
    assert_eq!(only_row(&ALL_MANY), Some(Number::U64(100)));
    assert!(
        scrape::views_of_this_process()
            .contains("census_overflowed_measurements_total{view=\"bounded\"} 70\n")
    );
}

#[test]
fn tag_value_equal_to_the_overflow_row() {
    let _isolated = isolate();
    record!(LOUD = 1, tags(WHO = "_overflow"));
    record!(LOUD = 2, tags(WHO = "a"));
    record!(LOUD = 4, tags(WHO = "b"));
    assert_eq!(LITERAL.data().rows.len(), 1);
    let sum = row(&LITERAL, &tags!(WHO = "_overflow"));
    assert_eq!(sum, Some(Number::U64(7)));
    assert_eq!(
        scrape::views_of_this_process()
            .matches("\nliteral_total{")
            .count(),
        1
    );
}

#[test]
fn types_of_tag_values() {
    #[derive(Clone, Copy, census::TagValue)]
    enum Method {
        HttpGet,
        #[tag_value("POST")]
        Post,
    }
    let _isolated = isolate();
    let long = "\u{e9}".repeat(200);
    let string = String::from("text");
    record!(KINDS = 1, tags(WHAT = Method::HttpGet));
    record!(KINDS = 1, tags(WHAT = &Method::Post));
    record!(KINDS = 1, tags(WHAT = string));
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
    let truncated = "\u{e9}".repeat(127);
    assert_eq!(
        rows,
        [
            "http_get", "POST", "text", "cow", "true", "c", "-7", &max, &truncated, "v"
        ]
    );
}

#[test]
fn measures_without_views_are_not_evaluated() {
    let _isolated = isolate();
    let evaluations = Cell::new(0);
    let count = || {
        evaluations.set(evaluations.get() + 1);
        1
    };
    record!(
        UNVIEWED = count(),
        tags(WHO = count()),
        exemplar(id = count())
    );
    assert_eq!(evaluations.get(), 0);
    assert!(!UNVIEWED.is_viewed());
    // If one of the measures has a view, every expression is evaluated once.
    record!(
        UNVIEWED = count(),
        VIEWED = 0,
        tags(WHO = count().to_string())
    );
    assert_eq!(evaluations.get(), 2);
    assert_eq!(only_row(&VIEWED_COUNT), Some(1));
}

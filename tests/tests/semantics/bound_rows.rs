//! `Measure::bind` makes the rows of its tags, with zeros, so that a query sees the first increase.

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, TagKey, View, measure, record, tag, tags, view};
use census_tests::scrape;

#[tag]
static SHARD: TagKey;
#[measure]
static WRITES: Measure<u64>;
#[measure]
static DEPTH: Measure<i64>;

view! {
    static WRITES_BY_SHARD: Count<WRITES> by (SHARD);
    static BYTES_BY_SHARD: Sum<WRITES> by (SHARD) { max_series: 2 }
    static SIZES_BY_SHARD: Distribution<WRITES> by (SHARD) { buckets: [10] }
    static LAST_BY_SHARD: LastValue<WRITES> by (SHARD);
    static DEPTH_BY_SHARD: Sum<DEPTH> by (SHARD);
}

#[test]
fn bound_tags_have_rows_with_zeros() {
    let _isolated = isolate();
    let first = WRITES.bind(tags!(SHARD = 1));
    let depth = DEPTH.bind(tags!(SHARD = 1));
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let text = scrape::text(&exporter);
    for line in [
        "writes_by_shard_total{shard=\"1\"} 0",
        "bytes_by_shard_total{shard=\"1\"} 0",
        "sizes_by_shard_bucket{le=\"10.0\",shard=\"1\"} 0",
        "sizes_by_shard_count{shard=\"1\"} 0",
        "depth_by_shard{shard=\"1\"} 0",
    ] {
        assert!(text.lines().any(|it| it == line), "no {line} in:\n{text}");
    }
    // There is no row of a last value before the first value.
    assert!(!text.contains("last_by_shard{"), "{text}");
    first.record(7);
    depth.record(-1);
    let text = scrape::text(&exporter);
    assert!(text.contains("bytes_by_shard_total{shard=\"1\"} 7\n"));
    assert!(text.contains("depth_by_shard{shard=\"1\"} -1\n"));

    // A view that is registered later has the row with the first measurement.
    let late = View::count("late_writes", &WRITES)
        .column(&SHARD)
        .register()
        .expect("a new view");
    assert_eq!(late.data().rows.len(), 0);
    let _second = WRITES.bind(tags!(SHARD = 2));
    assert_eq!(late.data().get(&tags!(SHARD = 2)), Some(&0));
    first.record(1);
    assert_eq!(late.data().get(&tags!(SHARD = 1)), Some(&1));

    // Rows that are bound count for `max_series`.
    let third = WRITES.bind(tags!(SHARD = 3));
    let overflow = BYTES_BY_SHARD.data();
    let zero = overflow.get(&tags!(SHARD = "_overflow"));
    assert_eq!((zero, overflow.overflowed), (Some(&0_u64.into()), 0));
    third.record(5);
    let overflow = BYTES_BY_SHARD.data();
    assert_eq!((overflow.rows.len(), overflow.overflowed), (3, 1));
    assert_eq!(
        overflow.get(&tags!(SHARD = "_overflow")),
        Some(&5_u64.into())
    );
    // Other tags of the scope do not matter.
    record!(WRITES = 1, tags(SHARD = 1));
    assert_eq!(WRITES_BY_SHARD.data().get(&tags!(SHARD = 1)), Some(&3));
}

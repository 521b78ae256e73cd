//! The cases do the work that their groups promise.

use super::*;
use crate::case::Batch;
use crate::work::BUCKETS;

const OPERATIONS: u64 = 100_000;

fn run(case: &Case) {
    case.run(Batch {
        start: 0,
        operations: usize::try_from(OPERATIONS).unwrap(),
    });
}

fn rows_and_total(view: &census::View<census::Count>) -> (usize, u64) {
    let data = view.data();
    assert_eq!(data.overflowed, 0);
    let total = data.rows.iter().map(|row| row.data).sum();
    (data.rows.len(), total)
}

#[test]
fn counters_have_the_promised_series_and_count_every_operation() {
    let _rows = ROWS.lock().unwrap();
    run(&counter_labels());
    run(&counter_strings());
    run(&literal());
    run(&bound_counter());
    assert_eq!(rows_and_total(&REQUESTS_TOTAL), (16, OPERATIONS));
    assert_eq!(rows_and_total(&BY_TENANT_TOTAL), (1000, OPERATIONS));
    assert_eq!(rows_and_total(&LITERAL_TOTAL), (1, OPERATIONS));
    assert_eq!(rows_and_total(&BOUND_TOTAL), (16, OPERATIONS));
}

#[test]
fn histograms_have_the_common_bounds_and_fill_every_bucket() {
    let _rows = ROWS.lock().unwrap();
    run(&histogram());
    run(&three_aggregates());
    run(&bound_histogram());
    let bounds = BUCKETS.map(census::Number::F64);
    for view in [&SECONDS_HISTOGRAM, &THRICE_HISTOGRAM, &BOUND_HISTOGRAM] {
        let data = view.data();
        assert_eq!(data.rows.len(), 16);
        assert!(data.rows.iter().all(|row| *row.data.bounds == bounds));
        let counts = data.rows.iter().flat_map(|row| &row.data.bucket_counts);
        assert!(counts.clone().all(|count| *count > 0));
        assert_eq!(counts.sum::<u64>(), OPERATIONS);
    }
    assert_eq!(rows_and_total(&THRICE_TOTAL), (16, OPERATIONS));
    assert_eq!(THRICE_SUM.data().rows.len(), 16);
}

#[test]
fn the_unviewed_measure_has_no_view() {
    assert!(!UNVIEWED.is_viewed());
}

//! The cases do the work that their groups promise.

use super::*;
use crate::harness::Batch;
use crate::work::BUCKETS;

const OPERATIONS: u64 = 100_000;

fn run(case: &Case) {
    case.run(Batch {
        start: 0,
        operations: usize::try_from(OPERATIONS).unwrap(),
    });
}

fn counted(view: &census::View<census::Count>) -> (usize, u64) {
    let data = view.data();
    assert_eq!(data.overflowed, 0);
    let total = data.rows.iter().map(|row| row.data).sum();
    (data.rows.len(), total)
}

#[test]
fn counters_count_every_operation_in_the_series_that_the_groups_promise() {
    run(&counter_labels());
    run(&counter_strings());
    run(&literal());
    run(&bound_counter());
    assert_eq!(counted(&REQUESTS_TOTAL), (16, OPERATIONS));
    assert_eq!(counted(&BY_TENANT_TOTAL), (1000, OPERATIONS));
    assert_eq!(counted(&LITERAL_TOTAL), (1, OPERATIONS));
    assert_eq!(counted(&BOUND_TOTAL), (16, OPERATIONS));
}

#[test]
fn histograms_have_the_peers_bounds_and_use_every_bucket() {
    run(&histogram());
    run(&three());
    run(&bound_histogram());
    let bounds = BUCKETS.map(census::Number::F64);
    for view in [&SECONDS_HISTOGRAM, &THRICE_HISTOGRAM, &BOUND_HISTOGRAM] {
        let data = view.data();
        assert_eq!(data.rows.len(), 16);
        assert!(data.rows.iter().all(|row| *row.data.bounds == bounds));
        let all = data.rows.iter().flat_map(|row| &row.data.bucket_counts);
        assert!(all.clone().all(|count| *count > 0));
        assert_eq!(all.sum::<u64>(), OPERATIONS);
    }
    assert_eq!(counted(&THRICE_TOTAL), (16, OPERATIONS));
    assert_eq!(THRICE_SUM.data().rows.len(), 16);
}

#[test]
fn nobody_views_what_is_called_unviewed() {
    assert!(!UNVIEWED.is_viewed());
}

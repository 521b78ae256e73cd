//! Generations of threads that record the same into all views.

use std::thread;

use census::prometheus::Exporter;
use census::{CatalogueError, Measure, Number, TagKey, View, measure, record, tag, view};
use census_tests::rows::only_row;
use census_tests::scrape;
use census_tests::threads::{Stop, on_threads, with_background};

#[tag]
static THREAD: TagKey;
#[tag]
static LANE: TagKey;
#[measure]
static STEP: Measure<u64>;
#[measure]
static HALF: Measure<f64>;

view! {
    static STEPS: Count<STEP> by (THREAD, LANE);
    static STEPS_ADDED: Sum<STEP>;
    static STEP_SIZES: Distribution<STEP> by (LANE) { buckets: [10, 100] }
    static HALVES_ADDED: Sum<HALF> by (LANE);
}

const GENERATIONS: u64 = 40;
const THREADS: u64 = 4;
const RECORDS: u64 = 2_000;

#[test]
fn totals_are_exact() -> Result<(), CatalogueError> {
    let exporter = Exporter::builder().build()?;
    with_background(
        &[
            &|stop| scraped_sum_never_falls(&exporter, stop),
            &register_and_unregister,
        ],
        || {
            for generation in 0..GENERATIONS {
                on_threads(0..THREADS, |thread| record_all(generation, thread));
            }
        },
    );
    let records = GENERATIONS * THREADS * RECORDS;
    let sum: u64 = (0..RECORDS).map(|i| i % 200).sum::<u64>() * GENERATIONS * THREADS;
    let counts = STEPS.data().rows;
    assert_eq!(counts.iter().map(|row| row.data).sum::<u64>(), records);
    assert_eq!(counts.len(), usize::try_from(THREADS * 4).expect("few"));
    assert_eq!(only_row(&STEPS_ADDED), Some(Number::U64(sum)));
    let (mut count_of_lanes, mut sum_of_lanes) = (0, 0);
    for row in STEP_SIZES.data().rows {
        assert_eq!(row.data.count, row.data.bucket_counts.iter().sum::<u64>());
        assert_eq!(row.data.min.is_some(), row.data.count > 0);
        let Number::U64(sum) = row.data.sum else {
            panic!("a sum of integers")
        };
        count_of_lanes += row.data.count;
        sum_of_lanes += sum;
    }
    assert_eq!((count_of_lanes, sum_of_lanes), (records, sum));
    // Halves are added without rounding.
    let rows = HALVES_ADDED.data().rows;
    let halves: f64 = rows.iter().map(|row| row.data.as_f64()).sum();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let expected = records as f64 * 0.5;
    assert!((halves - expected).abs() < f64::EPSILON, "{halves}");
    Ok(())
}

fn record_all(generation: u64, thread: u64) {
    for i in 0..RECORDS {
        let lane = (i + generation) % 4;
        record!(
            STEP = i % 200,
            HALF = 0.5,
            tags(THREAD = thread, LANE = lane)
        );
    }
}

/// Registers and unregisters a view over the same measure, ten times at least.
fn register_and_unregister(stop: &Stop) {
    let mut times = 0;
    while !stop.is_set() || times < 10 {
        let view = View::count("steps_at_times", &STEP)
            .column(&THREAD)
            .register()
            .expect("a free name");
        thread::yield_now();
        let counted: u64 = view.data().rows.iter().map(|row| row.data).sum();
        assert!(counted <= GENERATIONS * THREADS * RECORDS);
        assert!(view.unregister());
        times += 1;
    }
}

fn scraped_sum_never_falls(exporter: &Exporter, stop: &Stop) {
    let mut before = 0.0;
    while !stop.is_set() {
        let text = scrape::text(exporter);
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix("steps_added_total "));
        let sum: f64 = value
            .and_then(|value| value.parse().ok())
            .expect("the row is there from the start");
        assert!(sum >= before, "the counter fell from {before} to {sum}");
        before = sum;
    }
}

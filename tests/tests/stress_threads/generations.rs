//! Generations of threads that record the same into all views.

use std::fmt::Display;
use std::thread;

use census::prometheus::Exporter;
use census::{CatalogueError, Measure, TagKey, View, measure, record, tag, view};
use census_tests::differences::Differences;
use census_tests::ledger::{FirstFault, Ledger, Ledgers, Recorded};
use census_tests::rows::{integer, values};
use census_tests::scrape;
use census_tests::threads::{Progress, Stop, with_background};

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

/// The tags of a measurement.
type Tags = (u64, u64);

#[test]
fn totals_are_exact() -> Result<(), CatalogueError> {
    let exporter = Exporter::builder().build()?;
    let (generation, fault) = (Progress::new("generation"), FirstFault::default());
    let mut ledgers = Ledgers::default();
    with_background(
        &[
            &|stop| scraped_sum_never_falls(&exporter, stop, &generation, &fault),
            &|stop| register_and_unregister(stop, &generation),
        ],
        || {
            for number in 0..GENERATIONS {
                generation.set(number);
                let name = |thread| format!("thread {thread} of generation {number}");
                ledgers.run(0..THREADS, name, |thread, ledger| {
                    record_all(number, thread, ledger);
                });
                fault.assert_none(&ledgers);
                check(&format_args!("after {generation}"), &ledgers);
            }
        },
    );
    fault.assert_none(&ledgers);
    let recorded: u64 = ledgers.all().map(|(_, all)| all.count()).sum();
    assert_eq!(recorded, GENERATIONS * THREADS * RECORDS, "noted");
    Ok(())
}

fn record_all(generation: u64, thread: u64, ledger: &mut Ledger<Tags>) {
    for i in 0..RECORDS {
        let lane = (i + generation) % 4;
        record!(
            STEP = i % 200,
            HALF = 0.5,
            tags(THREAD = thread, LANE = lane)
        );
        ledger.step = i;
        ledger.note((thread, lane), i64::try_from(i % 200).expect("small"));
    }
}

/// Compares the rows of all views with what was recorded.
fn check(at: &dyn Display, ledgers: &Ledgers<Tags>) {
    let by_both = |(thread, lane): &Tags| Some(vec![thread.to_string(), lane.to_string()]);
    let by_lane = |(_, lane): &Tags| Some(vec![lane.to_string()]);
    let counts = values(&STEPS, |count| *count);
    let mut differences = ledgers.compare(&counts, by_both, Recorded::count);
    let sum = values(&STEPS_ADDED, integer);
    differences.extend(ledgers.compare(&sum, |_| Some(Vec::new()), Recorded::sum));
    let sizes = values(&STEP_SIZES, |data| {
        let in_buckets: u64 = data.bucket_counts.iter().sum();
        let has_min = data.min.is_some();
        (data.count, in_buckets, integer(&data.sum), has_min)
    });
    differences.extend(ledgers.compare(&sizes, by_lane, |recorded| {
        let count = recorded.count();
        (count, count, recorded.sum(), count > 0)
    }));
    // Halves are added without rounding.
    let halves = values(&HALVES_ADDED, |sum| sum.as_f64());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let half = |recorded: &Recorded| recorded.count() as f64 * 0.5;
    differences.extend(ledgers.compare(&halves, by_lane, half));
    differences.assert_none(at);
}

/// Registers and unregisters a view over the same measure, ten times at least.
fn register_and_unregister(stop: &Stop, generation: &Progress) {
    let register = |round: &dyn Display| {
        let view = View::count("steps_at_times", &STEP)
            .column(&THREAD)
            .register()
            .expect("a free name");
        thread::yield_now();
        let counts = values(&view, |count| *count);
        let counted: u64 = counts.rows.values().sum();
        assert!(
            counted <= GENERATIONS * THREADS * RECORDS,
            "{round}: more than was recorded: {counts:?}"
        );
        assert!(view.unregister(), "{round}: the view was there");
    };
    let mut times = 0;
    stop.repeat_until_set("registration", generation, |round| {
        register(round);
        times += 1;
    });
    for _ in times..10 {
        register(&"registration after all generations");
    }
}

fn scraped_sum_never_falls(
    exporter: &Exporter,
    stop: &Stop,
    generation: &Progress,
    fault: &FirstFault<Tags>,
) {
    let mut before = 0.0;
    stop.repeat_until_set("scrape", generation, |round| {
        let text = scrape::text(exporter);
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix("steps_added_total "));
        let sum: f64 = value
            .and_then(|value| value.parse().ok())
            .expect("the row is there from the start");
        let mut fallen = Differences::default();
        fallen.add_if_fallen(STEPS_ADDED.name(), &[], before, sum);
        fault.report(round, fallen, |_, _| Some(Vec::new()));
        before = sum;
    });
}

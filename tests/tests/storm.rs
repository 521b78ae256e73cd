//! Many threads record while views come and go and scrapes go on: totals are exact, and counters never fall.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use census::prometheus::Exporter;
use census::{CatalogueError, Measure, Number, TagKey, TagMap, View, measure, record, tag, view};

#[tag]
static THREAD: TagKey;
#[tag]
static LANE: TagKey;
#[measure]
static WORK: Measure<u64>;
#[measure]
static RATIO: Measure<f64>;

view! {
    static COUNT: Count<WORK> by (THREAD, LANE);
    static TOTAL: Sum<WORK>;
    static SIZES: Distribution<WORK> by (LANE) { buckets: [10, 100] }
    static RATIOS: Sum<RATIO> by (LANE);
}

const GENERATIONS: u64 = 40;
const THREADS: u64 = 4;
const RECORDS: u64 = 2_000;

#[test]
fn totals_are_exact_while_threads_and_views_come_and_go() -> Result<(), CatalogueError> {
    let exporter = Exporter::builder().build()?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| scrape_until(&done, &exporter));
        scope.spawn(|| views_come_and_go(&done));
        for generation in 0..GENERATIONS {
            thread::scope(|scope| {
                for number in 0..THREADS {
                    scope.spawn(move || work(generation, number));
                }
            });
        }
        done.store(true, Ordering::Relaxed);
    });
    let records = GENERATIONS * THREADS * RECORDS;
    let serial: u64 = (0..RECORDS).map(|i| i % 200).sum::<u64>() * GENERATIONS * THREADS;
    assert_eq!(
        COUNT.data().rows.iter().map(|row| row.data).sum::<u64>(),
        records
    );
    assert_eq!(
        COUNT.data().rows.len(),
        usize::try_from(THREADS * 4).expect("few")
    );
    assert_eq!(TOTAL.data().get(&TagMap::new()), Some(&Number::U64(serial)));
    let (mut count, mut sum) = (0, 0);
    for row in SIZES.data().rows {
        assert_eq!(row.data.count, row.data.bucket_counts.iter().sum::<u64>());
        assert_eq!((row.data.min, row.data.max).0.is_some(), row.data.count > 0);
        let Number::U64(part) = row.data.sum else {
            panic!("a sum of integers")
        };
        (count, sum) = (count + row.data.count, sum + part);
    }
    assert_eq!((count, sum), (records, serial));
    // Halves add up without rounding.
    let ratios = RATIOS
        .data()
        .rows
        .iter()
        .fold(0.0, |sum, row| sum + row.data.as_f64());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let expected = records as f64 * 0.5;
    assert!((ratios - expected).abs() < f64::EPSILON, "{ratios}");
    Ok(())
}

fn work(generation: u64, number: u64) {
    for i in 0..RECORDS {
        let lane = (i + generation) % 4;
        record!(
            WORK = i % 200,
            RATIO = 0.5,
            tags(THREAD = number, LANE = lane)
        );
    }
}

/// Another view over the same measure, so that every thread's memo is thrown away again and again.
fn views_come_and_go(done: &AtomicBool) {
    let mut times = 0;
    while !done.load(Ordering::Relaxed) || times < 10 {
        let view = View::count("coming_and_going", &WORK)
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

fn scrape_until(done: &AtomicBool, exporter: &Exporter) {
    let mut before = 0.0;
    while !done.load(Ordering::Relaxed) {
        let body = exporter.scrape(None).body.to_string();
        let line = body
            .lines()
            .find_map(|line| line.strip_prefix("total_total "));
        let total: f64 = line
            .and_then(|value| value.parse().ok())
            .expect("the total, from the start");
        assert!(total >= before, "a counter fell from {before} to {total}");
        before = total;
    }
}

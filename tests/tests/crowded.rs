//! Many threads record into very many rows of one view: most of what they count they share.

use std::alloc::System;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use census::{Data, Measure, Number, TagKey, View, measure, record, snapshot, tag, view};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test looks at what the whole process has allocated.
static ALONE: Mutex<()> = Mutex::new(());

#[tag]
static ROW: TagKey;
#[measure]
static WORK: Measure<u64>;
#[measure]
static TOOK: Measure<Duration>;
#[measure]
static PART: Measure<f64>;

const ROWS: u64 = 5_000;
const THREADS: u64 = 32;

view! {
    static WORKS: Count<WORK> by (ROW) { max_series: 5_000 }
    static SIZES: Distribution<WORK> by (ROW) { buckets: [10, 1_000, 4_000], max_series: 5_000 }
    static TIMES: Sum<TOOK> by (ROW) { max_series: 5_000 }
    static PARTS: Sum<PART> by (ROW) { max_series: 5_000 }
}

/// Records into each row, in an order of the thread's own. Every row has the same part in it, however often it was met.
fn record_into_each(thread: u64) {
    for number in 0..ROWS {
        let row = (number * 7 + thread * 911) % ROWS;
        record!(
            WORK = row,
            TOOK = Duration::from_nanos(row),
            PART = 0.1,
            tags(ROW = row)
        );
    }
}

/// What never falls.
fn rising(data: &Data) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    match data {
        Data::Count(count) => *count as f64,
        Data::Distribution(data) => data.sum.as_f64(),
        Data::Sum(sum) => sum.as_f64(),
        _ => 0.0,
    }
}

fn scrape_until(done: &AtomicBool) {
    let mut before: HashMap<(String, String), f64> = HashMap::new();
    while !done.load(Ordering::Relaxed) {
        for view in snapshot().views() {
            for row in &view.data.rows {
                let of = row.tag(&ROW).unwrap_or_default().to_owned();
                let now = rising(&row.data);
                let before = before.entry((view.name().to_owned(), of)).or_default();
                assert!(
                    *before <= now,
                    "{} fell from {before} to {now}",
                    view.name()
                );
                *before = now;
            }
        }
    }
}

fn number_of(row: Option<&str>) -> u64 {
    row.and_then(|row| row.parse().ok()).expect("a number")
}

/// Half of the threads end in the midst, and others come for them, which find that there are very many rows.
#[test]
fn totals_are_exact_however_many_threads_share_the_rows() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| scrape_until(&done));
        let live = |number: u64| {
            // Met, remembered, known.
            let times = if number.is_multiple_of(2) { 1 } else { 3 };
            for _ in 0..times {
                record_into_each(number);
            }
        };
        for wave in 0..2 {
            let of_wave = (0..THREADS).map(|number| thread::spawn(move || live(number + wave)));
            for thread in of_wave.collect::<Vec<_>>() {
                // Not a scope's wait, which is over before the destructors of thread-locals are.
                thread.join().expect("it does not panic");
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    // Of two threads, one records once, the other three times.
    let times = 2 * THREADS * 2;
    let counts = WORKS.data();
    assert_eq!((counts.rows.len() as u64, counts.overflowed), (ROWS, 0));
    assert!(counts.rows.iter().all(|row| row.data == times));
    for row in SIZES.data().rows {
        let number = number_of(row.tag(&ROW));
        assert_eq!(row.data.count, times);
        assert_eq!(row.data.bucket_counts.iter().sum::<u64>(), times);
        assert_eq!(row.data.sum, Number::U64(number * times));
        assert_eq!(row.data.min, Some(Number::U64(number)));
        assert_eq!(row.data.max, Some(Number::U64(number)));
        assert!(row.data.variance() < 1e-9);
    }
    for row in TIMES.data().rows {
        let time = Duration::from_nanos(number_of(row.tag(&ROW)) * times);
        assert_eq!(row.data, time);
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let expected = 0.1 * times as f64;
    for row in PARTS.data().rows {
        let found = row.data.as_f64();
        assert!((found - expected).abs() < 1e-9 * expected, "{found}");
    }
}

#[test]
fn what_lives_does_not_grow_with_the_number_of_threads() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let measure = Measure::<f64>::builder("shared/measure").register();
    let measure = measure.expect("a free name");
    let view = View::distribution("shared", &measure, (1..14).map(f64::from))
        .column(&ROW)
        .max_series(5_000)
        .register();
    let view = view.expect("a free name");
    let record_into_each = |measure: &Measure<f64>| {
        for row in 0..ROWS {
            record!(measure = 0.5, tags(ROW = row));
        }
    };
    // The rows are there, and this thread owns what it may.
    record_into_each(&measure);
    let meeting = Barrier::new(33);
    let region = Region::new(ALLOCATOR);
    let grown = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                record_into_each(&measure);
                meeting.wait();
                meeting.wait();
            });
        }
        meeting.wait();
        let change = region.change();
        meeting.wait();
        change.bytes_allocated.cast_signed() - change.bytes_deallocated.cast_signed()
    });
    // Words of its own for as many rows as it may have, and all rows remembered: that would be more than a megabyte for
    // each thread. Everybody's words and what threads may have of all together are two megabytes.
    assert!(grown < 4 << 20, "{grown} bytes more");
    let data = view.data();
    assert_eq!(data.rows.len() as u64, ROWS);
    assert!(data.rows.iter().all(|row| row.data.count == 1 + THREADS));
}

//! Views, measures and threads that are gone keep no memory, and threads that are alive share most of it.
//!
//! A program of its own: the tests look at the memory of the whole process, and so they run one after another.

use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use census::testing::isolate;
use census::{CatalogueError, Measure, Observed, TagKey, TagMap, View, measure, record, tag, view};
use census_tests::allocations;
use census_tests::threads::on_new_thread;

census_tests::count_allocations!();

#[tag]
static ROW: TagKey;
#[measure]
static ISOLATED: Measure<u64>;
#[measure]
static HELD: Measure<i64>;
#[measure]
static OBSERVED: Observed<u64>;
view! {
    static ISOLATED_ROWS: Distribution<ISOLATED> by (ROW) { buckets: [1, 10, 100] }
    static HELD_SUM: Sum<HELD>;
    static OBSERVED_SUM: Sum<OBSERVED>;
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Waits until no other test of this program runs.
fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The resident memory of this process, in bytes.
fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has this file");
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number of pages");
    pages * 4096
}

/// Registers a measure and a view, records into a hundred rows on two threads, and drops everything.
fn register_record_and_drop(number: usize) -> Result<(), CatalogueError> {
    let key = TagKey::new(format!("key_{number}"))?;
    let measure = Measure::<u64>::builder(format!("measure/{number}")).register()?;
    let view = View::distribution(format!("view_{number}"), &measure, [1, 10, 100])
        .column(&key)
        .register()?;
    let fill = || {
        for row in 0..100 {
            record!(measure = row, tags(key = row));
        }
    };
    fill();
    on_new_thread(fill);
    assert_eq!(view.data().rows.len(), 100);
    assert!(view.unregister());
    Ok(())
}

#[test]
fn dropped_views_keep_no_memory() -> Result<(), CatalogueError> {
    const TIMES: usize = 3_000;
    let _alone = alone();
    for number in 0..200 {
        register_record_and_drop(number)?;
    }
    let before = resident_bytes();
    for number in 200..TIMES {
        register_record_and_drop(number)?;
    }
    let grown = resident_bytes().saturating_sub(before);
    // A row of a distribution has more than 100 bytes. If the rows were kept, they would have 28 MB and more.
    assert!(grown < 6 << 20, "{grown} bytes more");
    Ok(())
}

/// A test in an isolation: it records in a hundred rows, on two threads, holds a value, and is observed.
fn run_isolated() {
    let _isolated = isolate();
    let held = HELD.hold(1);
    let fill = || {
        for row in 0..100 {
            record!(ISOLATED = row, tags(ROW = row));
        }
    };
    fill();
    let tags = TagMap::current();
    on_new_thread(|| tags.scope(fill));
    let _observation = OBSERVED.observe(|seen| seen.record(1, census::tags!()));
    assert_eq!(ISOLATED_ROWS.data().rows.len(), 100);
    assert_eq!(OBSERVED_SUM.data().rows.len(), 1);
    on_new_thread(|| drop(held));
}

#[test]
fn isolations_that_have_ended_keep_no_memory() {
    const TIMES: usize = 1_000;
    let _alone = alone();
    for _ in 0..100 {
        run_isolated();
    }
    let before = resident_bytes();
    for _ in 0..TIMES {
        run_isolated();
    }
    let grown = resident_bytes().saturating_sub(before);
    // As above: the rows have ten kilobytes and more in each isolation.
    assert!(grown < 6 << 20, "{grown} bytes more");
    let threads = std::fs::read_dir("/proc/self/task")
        .expect("Linux has this folder")
        .count();
    // The readers of isolations end with them.
    assert!(threads < 50, "{threads} threads");
}

/// No thread reads the view meanwhile, so ending threads have to free the words of those that ended before.
#[test]
fn ended_threads_keep_no_memory() -> Result<(), CatalogueError> {
    const THREADS: u64 = 4_000;
    let _alone = alone();
    let key = TagKey::new("of_threads")?;
    let measure = Measure::<u64>::builder("threads/measure").register()?;
    let view = View::distribution("of_threads", &measure, [1, 10, 100])
        .column(&key)
        .register()?;
    let run = |threads| {
        for _ in 0..threads {
            on_new_thread(|| {
                for row in 0..100 {
                    record!(measure = row, tags(key = row));
                }
            });
        }
    };
    run(200);
    let before = resident_bytes();
    run(THREADS);
    let grown = resident_bytes().saturating_sub(before);
    // A thread has ten words for each row. If the words were kept, they would have 32 MB.
    assert!(grown < 6 << 20, "{grown} bytes more");
    let data = view.data();
    assert!(data.rows.iter().all(|row| row.data.count == 200 + THREADS));
    Ok(())
}

#[test]
fn live_threads_share_most_rows() -> Result<(), CatalogueError> {
    const ROWS: u64 = 5_000;
    const THREADS: u64 = 32;
    let _alone = alone();
    let key = TagKey::new("shared_row")?;
    let measure = Measure::<f64>::builder("shared/measure").register()?;
    let view = View::distribution("shared", &measure, (1..14).map(f64::from))
        .column(&key)
        .max_series(5_000)
        .register()?;
    let record_into_each_row = || {
        for row in 0..ROWS {
            record!(measure = 0.5, tags(key = row));
        }
    };
    // Makes the rows, and this thread's own words.
    record_into_each_row();
    let barrier = Barrier::new(33);
    thread::scope(|scope| {
        let ((), stats) = allocations::during(|| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    record_into_each_row();
                    barrier.wait();
                    barrier.wait();
                });
            }
            barrier.wait();
        });
        barrier.wait();
        let grown = stats.bytes_allocated.cast_signed() - stats.bytes_deallocated.cast_signed();
        // If each thread had as many words as it may own, and a cache of all rows, that would be more than a megabyte
        // for each thread. The shared words, and the words that all threads together may own, are two megabytes.
        assert!(grown < 4 << 20, "{grown} bytes more");
    });
    let data = view.data();
    assert_eq!(data.rows.len() as u64, ROWS);
    assert!(data.rows.iter().all(|row| row.data.count == 1 + THREADS));
    Ok(())
}

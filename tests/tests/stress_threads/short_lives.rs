//! Thousands of short threads that record in every way, also in the destructors of their thread-locals.

mod rows;

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use census::{BoundMeasure, Measure, TagKey, View, measure, record, snapshot, tag, tags, view};
use census_tests::ledger::{FirstFault, Ledger, Ledgers};
use census_tests::polling::{BoxedFuture, begun, pending_times, poll};
use census_tests::rows::{RisingRows, keys_of_rows};
use census_tests::threads::{Progress, Stop, with_background};

use self::rows::{Key, check_rows, check_totals, row_of};

#[tag]
static KIND: TagKey;
#[tag]
static LANE: TagKey;
#[measure]
static WORK: Measure<u64>;
#[measure]
static PART: Measure<f64>;
#[measure]
static TOOK: Measure<Duration>;
#[measure]
static ACTIVE: Measure<i64>;

view! {
    static COUNT: Count<WORK> by (KIND, LANE);
    static TOTAL: Sum<WORK>;
    static SIZES: Distribution<WORK> by (KIND) { buckets: [1, 50] }
    static FEW: Sum<WORK> by (LANE) { max_series: 2 }
    static PARTS: Sum<PART> by (KIND);
    static PART_SIZES: Distribution<PART> by (KIND) { buckets: [0.2, 0.5] }
    static TIMES: Sum<TOOK> by (LANE);
    static IN_FLIGHT: Sum<ACTIVE> by (KIND);
    static CALLS: Count<TOOK>;
}

const THREADS: u64 = 3_000;
/// How many threads run at once.
const BATCH: u64 = 8;
const LANES: u64 = 16;

/// Notes a measurement as the thread's next step. Of `PART`, the value is in tenths.
fn note(
    ledger: &mut Ledger<Key>,
    measure: &'static str,
    (kind, lane): (&'static str, Option<u64>),
    value: u64,
) {
    ledger.step += 1;
    let key = Key {
        measure,
        kind,
        lane,
    };
    ledger.note(key, i64::try_from(value).expect("small"));
}

/// Records when its thread ends. A thread-local that was used before the thread's first measurement is destroyed after
/// the thread's cache, and one that was used later, before the cache.
struct RecordAtThreadEnd;

impl Drop for RecordAtThreadEnd {
    fn drop(&mut self) {
        record!(WORK = 3, PART = 0.1, tags(KIND = "last", LANE = 0));
    }
}

thread_local! {
    static EARLY: RefCell<Option<RecordAtThreadEnd>> = const { RefCell::new(None) };
    static LATE: RefCell<Option<RecordAtThreadEnd>> = const { RefCell::new(None) };
}

#[measure(TOOK, in_flight = ACTIVE, tags(KIND = "call"))]
async fn call() {
    pending_times(1).await;
}

/// Ends a call, maybe one that has begun on another thread.
fn end(mut call: BoxedFuture, ledger: &mut Ledger<Key>) {
    assert!(poll(call.as_mut()).is_ready(), "the call has ended");
    note_end(ledger);
}

fn note_end(ledger: &mut Ledger<Key>) {
    // How long the call took is not known.
    note(ledger, "took", ("call", None), 0);
    let active = Key {
        measure: "active",
        kind: "call",
        lane: None,
    };
    ledger.note(active, -1);
}

/// The life of a thread. It begins a call and sends it away, and ends the call of another thread.
fn live(
    number: u64,
    bound: &BoundMeasure<u64>,
    calls: &Sender<BoxedFuture>,
    other: Option<BoxedFuture>,
) -> Ledger<Key> {
    let mut ledger = Ledger::default();
    let noted = &mut ledger;
    EARLY.with(|early| *early.borrow_mut() = Some(RecordAtThreadEnd));
    record!(WORK = number % 100, tags(KIND = "literal", LANE = "0"));
    note(noted, "work", ("literal", Some(0)), number % 100);
    record!(WORK = 1, PART = 0.1, tags(KIND = "literal", LANE = "0"));
    note(noted, "work", ("literal", Some(0)), 1);
    note(noted, "part", ("literal", Some(0)), 1);
    LATE.with(|late| *late.borrow_mut() = Some(RecordAtThreadEnd));
    bound.record(2);
    note(noted, "work", ("bound", None), 2);
    let lane = number % LANES;
    let text = lane.to_string();
    tags!(KIND = "scope", LANE = text).scope(|| WORK.record(0));
    note(noted, "work", ("scope", Some(lane)), 0);
    for lane in 0..LANES {
        record!(WORK = lane, tags(KIND = "text", LANE = lane));
        note(noted, "work", ("text", Some(lane)), lane);
        record!(PART = 0.3, tags(KIND = "text"));
        note(noted, "part", ("text", None), 3);
        record!(TOOK = Duration::from_nanos(lane), tags(LANE = lane));
        note(noted, "took", ("", Some(lane)), lane);
    }
    let call = begun(call());
    note(noted, "active", ("call", None), 1);
    calls.send(call).expect("the receiver outlives all threads");
    if let Some(other) = other {
        end(other, noted);
    }
    // `EARLY` and `LATE` record after this function.
    for _ in 0..2 {
        note(noted, "work", ("last", Some(0)), 3);
        note(noted, "part", ("last", Some(0)), 1);
    }
    ledger
}

/// Ends a call by dropping it.
fn cancel(call: BoxedFuture, ledger: &mut Ledger<Key>) {
    drop(call);
    note_end(ledger);
}

/// Ends the calls that are left, every second one by dropping it.
fn end_all(calls: &Receiver<BoxedFuture>, ledger: &mut Ledger<Key>) {
    for (index, call) in calls.try_iter().enumerate() {
        if index % 2 == 0 {
            end(call, ledger);
        } else {
            cancel(call, ledger);
        }
    }
}

fn run_all_threads(ledgers: &mut Ledgers<Key>, progress: &Progress, fault: &FirstFault<Key>) {
    let bound = WORK.bind(tags!(KIND = "bound"));
    let (sender, calls) = channel();
    for batch in 0..THREADS / BATCH {
        progress.set(batch);
        let mut ledger = Ledger::default();
        thread::scope(|scope| {
            let spawn = |number| {
                let (sender, bound) = (sender.clone(), &bound);
                let mut other = calls.try_recv().ok();
                if number % 3 == 0
                    && let Some(call) = other.take()
                {
                    cancel(call, &mut ledger);
                }
                (
                    number,
                    scope.spawn(move || live(number, bound, &sender, other)),
                )
            };
            let threads: Vec<_> = (batch * BATCH..(batch + 1) * BATCH).map(spawn).collect();
            for (number, thread) in threads {
                // The end of the scope does not wait for the destructors of thread-locals.
                let ledger = thread.join().expect("the thread does not panic");
                ledgers.add(format!("thread {number} of batch {batch}"), ledger);
            }
        });
        fault.assert_none(ledgers);
        ledgers.add(format!("the main thread in batch {batch}"), ledger);
        // Not after each batch, because that would take long.
        if batch % 25 == 0 {
            check_rows(&format_args!("after batch {batch}"), ledgers);
        }
    }
    let mut ledger = Ledger::default();
    end_all(&calls, &mut ledger);
    ledgers.add("the main thread in the end".to_owned(), ledger);
}

/// Registers and unregisters a view over the same measure.
fn register_and_unregister(stop: &Stop, progress: &Progress) {
    stop.repeat_until_set("registration", progress, |round| {
        let view = View::count("work_at_times", &WORK).column(&KIND).register();
        let view = view.expect("a free name");
        thread::yield_now();
        let rows = keys_of_rows(&view);
        assert!(rows.len() <= 5, "{round}: more than the 5 kinds: {rows:?}");
        assert!(view.unregister(), "{round}: the view was there");
    });
}

fn rows_never_fall(stop: &Stop, progress: &Progress, fault: &FirstFault<Key>) {
    let mut rows = RisingRows::default();
    stop.repeat_until_set("snapshot", progress, |round| {
        let may_fall = ["in_flight", "work_at_times", "steps_at_times"];
        fault.report(round, rows.fallen(&snapshot(), &may_fall), row_of);
    });
}

#[test]
fn totals_are_exact() {
    let (progress, fault) = (Progress::new("batch"), FirstFault::default());
    let mut ledgers = Ledgers::default();
    with_background(
        &[&|stop| rows_never_fall(stop, &progress, &fault), &|stop| {
            register_and_unregister(stop, &progress);
        }],
        || run_all_threads(&mut ledgers, &progress, &fault),
    );
    fault.assert_none(&ledgers);
    check_rows(&"when all threads have ended", &ledgers);
    check_totals();
}

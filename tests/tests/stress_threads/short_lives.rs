//! Thousands of short threads that record in every way, also in the destructors of their thread-locals.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use census::{
    BoundMeasure, Measure, Number, TagKey, View, measure, record, snapshot, tag, tags, view,
};
use census_tests::polling::{BoxedFuture, begun, pending_times, poll};
use census_tests::rows::{RisingRows, integer, only_row, row};
use census_tests::threads::{Stop, on_new_thread, with_background};

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
const LANES: u64 = 16;
/// How many measurements each thread records into `WORK`: see [`live`].
const RECORDS: u64 = 6 + LANES;

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

/// Ends a call that has begun on another thread.
fn end(mut call: BoxedFuture) {
    assert!(poll(call.as_mut()).is_ready());
}

/// The life of a thread. It begins a call and sends it away, and ends the call of another thread.
fn live(
    number: u64,
    bound: &BoundMeasure<u64>,
    calls: &Sender<BoxedFuture>,
    other: Option<BoxedFuture>,
) {
    EARLY.with(|early| *early.borrow_mut() = Some(RecordAtThreadEnd));
    record!(WORK = number % 100, tags(KIND = "literal", LANE = "0"));
    record!(WORK = 1, PART = 0.1, tags(KIND = "literal", LANE = "0"));
    LATE.with(|late| *late.borrow_mut() = Some(RecordAtThreadEnd));
    bound.record(2);
    let lane = (number % LANES).to_string();
    tags!(KIND = "scope", LANE = lane).scope(|| WORK.record(0));
    for lane in 0..LANES {
        record!(WORK = lane, tags(KIND = "text", LANE = lane));
        record!(PART = 0.3, tags(KIND = "text"));
        record!(TOOK = Duration::from_nanos(lane), tags(LANE = lane));
    }
    let sent = calls.send(begun(call()));
    sent.expect("the receiver outlives all threads");
    if let Some(other) = other {
        end(other);
    }
}

/// Ends the calls that are left, every second one by dropping it.
fn end_all(calls: &Receiver<BoxedFuture>) {
    for (index, call) in calls.try_iter().enumerate() {
        if index % 2 == 0 {
            end(call);
        }
    }
}

fn run_all_threads() {
    let bound = WORK.bind(tags!(KIND = "bound"));
    let (sender, calls) = channel();
    for first in (0..THREADS).step_by(8) {
        thread::scope(|scope| {
            let spawn = |number| {
                let (sender, bound) = (sender.clone(), &bound);
                let other = calls.try_recv().ok().filter(|_| number % 3 != 0);
                scope.spawn(move || live(number, bound, &sender, other))
            };
            let threads: Vec<_> = (first..first + 8).map(spawn).collect();
            for thread in threads {
                // The end of the scope does not wait for the destructors of thread-locals.
                thread.join().expect("the thread does not panic");
            }
        });
    }
    end_all(&calls);
}

/// Registers and unregisters a view over the same measure.
fn register_and_unregister(stop: &Stop) {
    while !stop.is_set() {
        let view = View::count("work_at_times", &WORK).column(&KIND).register();
        let view = view.expect("a free name");
        thread::yield_now();
        assert!(view.data().rows.len() <= 5);
        assert!(view.unregister());
    }
}

fn rows_never_fall(stop: &Stop) {
    let mut rows = RisingRows::default();
    while !stop.is_set() {
        let may_fall = ["in_flight", "work_at_times", "steps_at_times"];
        rows.check(&snapshot(), &may_fall);
    }
}

#[test]
fn totals_are_exact() {
    with_background(
        &[&rows_never_fall, &register_and_unregister],
        run_all_threads,
    );
    let per_thread = [
        (tags!(KIND = "literal", LANE = "0"), 2),
        (tags!(KIND = "bound"), 1),
        (tags!(KIND = "last", LANE = "0"), 2),
    ];
    for (tags, times) in per_thread {
        assert_eq!(row(&COUNT, &tags), Some(THREADS * times), "{tags:?}");
    }
    for lane in 0..LANES {
        let texts = tags!(KIND = "text", LANE = lane);
        assert_eq!(row(&COUNT, &texts), Some(THREADS));
        let in_scope = (0..THREADS).filter(|number| number % LANES == lane).count();
        let counted = row(&COUNT, &tags!(KIND = "scope", LANE = lane));
        assert_eq!(counted, u64::try_from(in_scope).ok());
        // The durations of calls are in the row without a lane.
        let time = Duration::from_nanos(lane * THREADS);
        assert_eq!(row(&TIMES, &tags!(LANE = lane)), Some(time.into()));
    }
    let literals: u64 = (0..THREADS).map(|number| number % 100).sum();
    let others_per_thread = 1 + 2 + (0..LANES).sum::<u64>() + 2 * 3;
    let total = literals + others_per_thread * THREADS;
    assert_eq!(only_row(&TOTAL), Some(Number::U64(total)));
    let total = i64::try_from(total).expect("small");
    let few: i64 = FEW.data().rows.iter().map(|row| integer(&row.data)).sum();
    assert_eq!(few, total, "the overflow row has the rest");
    let sizes = SIZES.data().rows;
    let sum: i64 = sizes.iter().map(|row| integer(&row.data.sum)).sum();
    assert_eq!(sum, total);
    let measurements: u64 = sizes.iter().map(|row| row.data.count).sum();
    assert_eq!(measurements, RECORDS * THREADS);
    check_parts();
    // For each thread, a measurement for each lane, and a call.
    assert_eq!(only_row(&CALLS), Some((LANES + 1) * THREADS));
    let in_flight = row(&IN_FLIGHT, &tags!(KIND = "call"));
    assert_eq!(in_flight, Some(Number::I64(0)));
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn check_parts() {
    let per_thread = [("literal", 1, 0.1), ("last", 2, 0.1), ("text", LANES, 0.3)];
    for (kind, times, value) in per_thread {
        let (tags, count) = (tags!(KIND = kind), THREADS * times);
        let expected = count as f64 * value;
        let is_near = |sum: f64| (sum - expected).abs() <= 1e-9 * expected;
        let sum = row(&PARTS, &tags).map(Number::as_f64);
        assert!(sum.is_some_and(is_near), "{sum:?} {expected}");
        let sizes = row(&PART_SIZES, &tags).expect("a row");
        assert_eq!(sizes.count, count);
        assert!(is_near(sizes.sum.as_f64()), "{:?} {expected}", sizes.sum);
        assert!((sizes.mean - value).abs() < 1e-12, "{}", sizes.mean);
        // All values of a kind are the same.
        assert!(sizes.sum_of_squared_deviations < 1e-12);
    }
}

/// The threads record nothing before they end.
#[test]
fn measurements_of_destructors_are_counted() {
    const ENDED: u64 = 500;
    #[measure]
    static LEFT: Measure<u64>;
    struct RecordLeft;
    impl Drop for RecordLeft {
        fn drop(&mut self) {
            record!(LEFT = 1, tags(LANE = "left"));
        }
    }
    thread_local! {
        static AT_END: RefCell<Option<RecordLeft>> = const { RefCell::new(None) };
    }
    let left = View::sum("left", &LEFT)
        .column(&LANE)
        .register()
        .expect("a free name");
    for _ in 0..ENDED {
        on_new_thread(|| AT_END.with(|at_end| *at_end.borrow_mut() = Some(RecordLeft)));
    }
    let sum = row(&left, &tags!(LANE = "left"));
    assert_eq!(sum, Some(Number::U64(ENDED)));
}

/// The end of a thread changes the order in which floats are added, and so the rounding of their sum.
#[test]
fn sums_of_floats_do_not_fall_when_threads_end() {
    #[measure]
    static WEIGHT: Measure<f64>;
    let sum = View::sum("weight", &WEIGHT)
        .register()
        .expect("a free name");
    let distribution = View::distribution("weights", &WEIGHT, [0.5]).register();
    let distribution = distribution.expect("a free name");
    let mut before = (0.0, 0.0);
    let mut check = || {
        let now = (
            only_row(&sum).map_or(-1.0, Number::as_f64),
            only_row(&distribution).map_or(-1.0, |data| data.sum.as_f64()),
        );
        assert!(now.0 >= before.0 && now.1 >= before.1, "{before:?} {now:?}");
        before = now;
    };
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..100 {
        let mut threads = Vec::new();
        for _ in 0..4 {
            let (end, ended) = channel::<()>();
            let (sender, recorded) = channel();
            let values: Vec<f64> = (0..20).map(|_| rng.f64()).collect();
            let thread = thread::spawn(move || {
                for value in values {
                    WEIGHT.record(value);
                }
                sender.send(()).expect("the test waits");
                ended.into_iter().for_each(drop);
            });
            recorded.recv().expect("the thread does not panic");
            threads.push((end, thread));
            check();
        }
        while !threads.is_empty() {
            let (end, thread) = threads.swap_remove(rng.usize(..threads.len()));
            drop(end);
            thread.join().expect("the thread does not panic");
            check();
        }
    }
}

//! Thousands of short threads record in every way, also while they end, and while views come and go and scrapes go on:
//! totals are exact, and counters never fall.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use census::{
    BoundMeasure, Data, Measure, Number, TagKey, TagMap, View, measure, record, snapshot, tag,
    tags, view,
};

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
    static UNDER_WAY: Sum<ACTIVE> by (KIND) { name: "UNDER_WAY" }
    static CALLS: Count<TOOK>;
}

const THREADS: u64 = 3_000;
const LANES: u64 = 16;
/// What each thread records into `WORK` in its life: see [`live`].
const RECORDS: u64 = 6 + LANES;

/// Records when its thread ends: before or after what the thread remembers is gone, as the order of first uses has it.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        record!(WORK = 3, PART = 0.1, tags(KIND = "last", LANE = 0));
    }
}

thread_local! {
    static EARLY: RefCell<Option<Last>> = const { RefCell::new(None) };
    static LATE: RefCell<Option<Last>> = const { RefCell::new(None) };
}

#[measure(TOOK, in_flight = ACTIVE, tags(KIND = "call"))]
async fn call() {
    let mut first = true;
    std::future::poll_fn(|_| {
        if std::mem::take(&mut first) {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

fn poll(call: &mut Call) {
    let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

/// A thread's life: it hands calls on to others that it has begun, and ends some that others have.
fn live(number: u64, bound: &BoundMeasure<u64>, begun: &Sender<Call>, ended: Option<Call>) {
    EARLY.with(|early| *early.borrow_mut() = Some(Last));
    record!(WORK = number % 100, tags(KIND = "literal", LANE = "0"));
    record!(WORK = 1, PART = 0.1, tags(KIND = "literal", LANE = "0"));
    LATE.with(|late| *late.borrow_mut() = Some(Last));
    bound.record(2);
    let text = (number % LANES).to_string();
    tags!(KIND = "scope", LANE = text).scope(|| WORK.record(0));
    for lane in 0..LANES {
        record!(WORK = lane, tags(KIND = "text", LANE = lane));
        record!(PART = 0.3, tags(KIND = "text"));
        record!(TOOK = Duration::from_nanos(lane), tags(LANE = lane));
    }
    let mut call: Call = Box::pin(call());
    poll(&mut call);
    begun.send(call).expect("it outlives all threads");
    if let Some(mut call) = ended {
        poll(&mut call);
    }
}

/// Ends what is left: every other call by dropping it.
fn end_all(calls: &Receiver<Call>) {
    for (number, mut call) in calls.try_iter().enumerate() {
        if number % 2 == 0 {
            poll(&mut call);
        }
    }
}

fn storm() {
    let bound = WORK.bind(tags!(KIND = "bound"));
    let (begun, calls) = channel();
    for first in (0..THREADS).step_by(8) {
        thread::scope(|scope| {
            let spawn = |number| {
                let (begun, bound) = (begun.clone(), &bound);
                let ended = calls.try_recv().ok().filter(|_| number % 3 != 0);
                scope.spawn(move || live(number, bound, &begun, ended))
            };
            let threads: Vec<_> = (first..first + 8).map(spawn).collect();
            for thread in threads {
                // Not the scope's own wait, which is over before the destructors of thread-locals are.
                thread.join().expect("it does not panic");
            }
        });
    }
    end_all(&calls);
}

/// Other views over the same measures, so that what threads remember is thrown away again and again.
fn views_come_and_go(done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        let guest = View::count("guest", &WORK).column(&KIND).register();
        let guest = guest.expect("a free name");
        thread::yield_now();
        assert!(guest.data().rows.len() <= 5);
        assert!(guest.unregister());
    }
}

/// What never falls, of each row: counts, and sums of what is not negative.
fn rising(data: &Data) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    match data {
        Data::Count(count) => vec![*count as f64],
        Data::Distribution(data) => {
            let counts = data.bucket_counts.iter().map(|count| *count as f64);
            counts.chain([data.sum.as_f64()]).collect()
        }
        Data::Sum(sum) => vec![sum.as_f64()],
        _ => Vec::new(),
    }
}

fn scrape_until(done: &AtomicBool) {
    let mut before: HashMap<(String, String), Vec<f64>> = HashMap::new();
    while !done.load(Ordering::Relaxed) {
        for view in snapshot().views() {
            if ["UNDER_WAY", "guest"]
                .iter()
                .any(|other| view.name().ends_with(other))
            {
                continue;
            }
            for row in &view.data.rows {
                let tags: Vec<_> = row.tags().map(|(_, value)| value).collect();
                let now = rising(&row.data);
                let row = (view.name().to_owned(), tags.join(","));
                if let Some(before) = before.get(&row) {
                    let rises = before.iter().zip(&now).all(|(before, now)| before <= now);
                    assert!(rises, "{row:?} fell from {before:?} to {now:?}");
                }
                before.insert(row, now);
            }
        }
    }
}

#[test]
fn totals_are_exact_and_nothing_falls_while_threads_come_and_go() {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| scrape_until(&done));
        scope.spawn(|| views_come_and_go(&done));
        storm();
        done.store(true, Ordering::Relaxed);
    });
    let count = |tags: &TagMap| COUNT.data().get(tags).copied();
    let of_one = [
        (tags!(KIND = "literal", LANE = "0"), 2),
        (tags!(KIND = "bound"), 1),
        (tags!(KIND = "last", LANE = "0"), 2),
    ];
    for (tags, times) in of_one {
        assert_eq!(count(&tags), Some(THREADS * times), "{tags:?}");
    }
    for lane in 0..LANES {
        assert_eq!(count(&tags!(KIND = "text", LANE = lane)), Some(THREADS));
        let in_scope = (0..THREADS).filter(|number| number % LANES == lane).count();
        let found = count(&tags!(KIND = "scope", LANE = lane));
        assert_eq!(found, u64::try_from(in_scope).ok());
        // The functions' own times come to the row without a lane.
        let time = Duration::from_nanos(lane * THREADS);
        assert_eq!(TIMES.data().get(&tags!(LANE = lane)), Some(&time.into()));
    }
    let literals: u64 = (0..THREADS).map(|number| number % 100).sum();
    let of_a_thread = 1 + 2 + (0..LANES).sum::<u64>() + 2 * 3;
    let total = Number::U64(literals + of_a_thread * THREADS);
    assert_eq!(TOTAL.data().get(&TagMap::new()), Some(&total));
    let whole = |sum: &Number| if let Number::U64(sum) = sum { *sum } else { 0 };
    let few: u64 = FEW.data().rows.iter().map(|row| whole(&row.data)).sum();
    assert_eq!(
        Number::U64(few),
        total,
        "what is too much is in the overflow row"
    );
    let sizes = SIZES.data();
    let sum: u64 = sizes.rows.iter().map(|row| whole(&row.data.sum)).sum();
    assert_eq!(Number::U64(sum), total);
    let measurements: u64 = sizes.rows.iter().map(|row| row.data.count).sum();
    assert_eq!(measurements, RECORDS * THREADS);
    check_parts();
    // Each thread's records, and its call.
    assert_eq!(
        CALLS.data().get(&TagMap::new()),
        Some(&((LANES + 1) * THREADS))
    );
    let under_way = UNDER_WAY.data().get(&tags!(KIND = "call")).copied();
    assert_eq!(under_way, Some(Number::I64(0)));
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn check_parts() {
    let of_kinds = [("literal", 1, 0.1), ("last", 2, 0.1), ("text", LANES, 0.3)];
    for (kind, times, value) in of_kinds {
        let (tags, count) = (tags!(KIND = kind), THREADS * times);
        let expected = count as f64 * value;
        let is_near = |found: f64| (found - expected).abs() <= 1e-9 * expected;
        let sum = PARTS.data().get(&tags).map(|sum| sum.as_f64());
        assert!(sum.is_some_and(is_near), "{sum:?} {expected}");
        let sizes = PART_SIZES.data().get(&tags).cloned().expect("a row");
        assert_eq!(sizes.count, count);
        assert!(is_near(sizes.sum.as_f64()), "{:?} {expected}", sizes.sum);
        assert!((sizes.mean - value).abs() < 1e-12, "{}", sizes.mean);
        // All are the same.
        assert!(sizes.sum_of_squared_deviations < 1e-12);
    }
}

/// Threads that have recorded nothing before they end.
#[test]
fn what_only_destructors_record_is_counted() {
    const ENDED: u64 = 500;
    #[measure]
    static LEFT: Measure<u64>;
    struct Leaves;
    impl Drop for Leaves {
        fn drop(&mut self) {
            record!(LEFT = 1, tags(LANE = "left"));
        }
    }
    thread_local! {
        static LEAVES: RefCell<Option<Leaves>> = const { RefCell::new(None) };
    }
    let left = View::sum("left", &LEFT)
        .column(&LANE)
        .register()
        .expect("free");
    for _ in 0..ENDED {
        let thread = thread::spawn(|| LEAVES.with(|leaves| *leaves.borrow_mut() = Some(Leaves)));
        thread.join().expect("it does not panic");
    }
    let found = left.data().get(&tags!(LANE = "left")).copied();
    assert_eq!(found, Some(Number::U64(ENDED)));
}

/// Floats that are added in another order, because a thread has ended, make another sum.
#[test]
fn sums_of_floats_do_not_fall_when_threads_end() {
    #[measure]
    static WEIGHT: Measure<f64>;
    let sum = View::sum("weight", &WEIGHT).register().expect("free");
    let distribution = View::distribution("weights", &WEIGHT, [0.5]).register();
    let distribution = distribution.expect("free");
    let mut before = (0.0, 0.0);
    let mut check = || {
        let all = TagMap::new();
        let sum = sum.data().get(&all).map_or(-1.0, |sum| sum.as_f64());
        let of_all = distribution
            .data()
            .get(&all)
            .map_or(-1.0, |data| data.sum.as_f64());
        assert!(
            sum >= before.0 && of_all >= before.1,
            "{before:?} {sum} {of_all}"
        );
        before = (sum, of_all);
    };
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..100 {
        let mut threads = Vec::new();
        for _ in 0..4 {
            let (end, ended) = channel::<()>();
            let (done, recorded) = channel();
            let values: Vec<f64> = (0..20).map(|_| random.f64()).collect();
            let thread = thread::spawn(move || {
                for value in values {
                    WEIGHT.record(value);
                }
                done.send(()).expect("it is waited for");
                ended.into_iter().for_each(drop);
            });
            recorded.recv().expect("it does not panic");
            threads.push((end, thread));
            check();
        }
        while !threads.is_empty() {
            let (end, thread) = threads.swap_remove(random.usize(..threads.len()));
            drop(end);
            thread.join().expect("it does not panic");
            check();
        }
    }
}

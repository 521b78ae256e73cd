//! A thousand tasks on a few threads, each for its own tenant, that are cancelled, panic, spawn, stream and poll each
//! other's futures: every measurement is counted for its tenant.
//!
//! A task stores each measurement, with its tags, in [`Shared`] before it records the measurement. In the end, the
//! views must have the same rows.
//!
//! A program of its own: no views may come and go, so that the threads' caches stay filled.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use census::{
    Measure, StreamWithTags as _, TagKey, TagMap, ViewData, WithTags as _, calls, measure, record,
    tag, tags, view,
};
use census_tests::polling::BoxedFuture;
use census_tests::random;
use census_tests::rows::tag_values;
use fastrand::Rng;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::task::{spawn, spawn_blocking, yield_now};

#[tag]
static TENANT: TagKey;
/// The part of a task that records: a tag of inner scopes.
#[tag]
static LANE: TagKey;
#[measure]
static WORK: Measure<u64>;
#[measure]
static CALL: Measure<Duration>;
#[measure]
static ACTIVE: Measure<i64>;

view! {
    static WORKED: Count<WORK> by (TENANT, LANE) { max_series: 1_000_000 }
    static CALLED: Count<CALL> by (TENANT, LANE, calls::FUNCTION, calls::RESULT) {
        max_series: 1_000_000,
    }
    static IN_FLIGHT: Sum<ACTIVE> by (TENANT, LANE) { max_series: 1_000_000 }
}

const TASKS: u64 = 1_000;
/// How deep scopes, streams and further tasks are nested in a task.
const DEPTH: u8 = 3;

/// Counts by the tag values of a row.
type Counts = BTreeMap<Vec<String>, u64>;

/// The state that all tasks share.
#[derive(Default)]
struct Shared {
    /// The expected rows of [`WORKED`].
    worked: Mutex<Counts>,
    /// The expected rows of [`CALLED`].
    called: Mutex<Counts>,
    /// Futures of some tasks for other tasks to poll.
    exchange: Mutex<Vec<BoxedFuture>>,
    /// How many tasks had tags, although they were spawned without tags.
    leaks: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tags that must be current at a point of a task.
#[derive(Clone)]
struct Expected {
    shared: Arc<Shared>,
    tenant: String,
    lane: &'static str,
}

impl Expected {
    fn lane(&self, lane: &'static str) -> Self {
        Self {
            lane,
            ..self.clone()
        }
    }

    /// Stores an expected measurement, and records it with no other tags than the current ones.
    fn record(&self) {
        self.store_expected();
        WORK.record(1);
    }

    fn store_expected(&self) {
        let row = vec![self.tenant.clone(), self.lane.to_owned()];
        *lock(&self.shared.worked).entry(row).or_default() += 1;
    }
}

/// Records when it is dropped: when its future ends, is cancelled or panics.
struct RecordAtDrop(Expected);

impl Drop for RecordAtDrop {
    fn drop(&mut self) {
        self.0.record();
    }
}

/// Stores the expected result of a call when it is dropped.
struct ExpectedCall<'a> {
    at: &'a Expected,
    function: &'static str,
    result: &'static str,
}

impl Drop for ExpectedCall<'_> {
    fn drop(&mut self) {
        let Expected { tenant, lane, .. } = self.at;
        let row = [tenant.as_str(), lane, self.function, self.result];
        let row = row.map(str::to_owned).to_vec();
        *lock(&self.at.shared.called).entry(row).or_default() += 1;
    }
}

/// Unlike `panic!`, `resume_unwind` prints nothing.
fn panics() -> ! {
    resume_unwind(Box::new("on purpose"))
}

fn end(expected: &mut ExpectedCall<'_>, way: u8) -> Result<(), ()> {
    match way {
        0 => {
            expected.result = "panicked";
            panics();
        }
        1 => {
            expected.result = "error";
            Err(())
        }
        _ => {
            expected.result = "ok";
            Ok(())
        }
    }
}

#[measure(CALL, in_flight = ACTIVE, tags(LANE = at.lane))]
async fn call(at: Expected, mut rng: Rng) -> Result<(), ()> {
    let mut expected = ExpectedCall {
        at: &at,
        function: "call",
        // Replaced when the call ends by itself.
        result: "cancelled",
    };
    for _ in 0..rng.u8(..4) {
        at.record();
        yield_now().await;
    }
    at.record();
    end(&mut expected, rng.u8(..6))
}

#[measure(CALL, in_flight = ACTIVE, tags(LANE = at.lane))]
fn call_now(at: &Expected, way: u8) -> Result<(), ()> {
    let mut expected = ExpectedCall {
        at,
        function: "call_now",
        result: "",
    };
    at.record();
    end(&mut expected, way)
}

async fn yields(times: u8) {
    for _ in 0..times {
        yield_now().await;
    }
}

/// A few steps, one after the other. The tags of `at` must be current when the future is polled.
fn steps(at: Expected, mut rng: Rng, depth: u8) -> BoxedFuture {
    Box::pin(async move {
        let _record = RecordAtDrop(at.clone());
        for _ in 0..rng.u8(2..6) {
            if depth == 0 || rng.u8(..3) == 0 {
                simple_step(&at, &mut rng).await;
            } else {
                step(&at, &mut rng, depth - 1).await;
            }
        }
    })
}

async fn simple_step(at: &Expected, rng: &mut Rng) {
    match rng.u8(..7) {
        0..=1 => at.record(),
        2..=3 => yield_now().await,
        4 => {
            at.lane("own").store_expected();
            record!(WORK = 1, tags(LANE = "own"));
        }
        5 => tags!(LANE = "scope").scope(|| {
            let _inner = tags!(LANE = "inner").enter();
            at.lane("inner").record();
        }),
        _ => {
            let way = rng.u8(..4);
            // A panic ends the call, and not the task.
            let _ = catch_unwind(AssertUnwindSafe(|| call_now(&at.lane("now"), way)));
            at.record();
        }
    }
}

async fn step(at: &Expected, rng: &mut Rng, depth: u8) {
    // Further steps, with one tag more.
    let part = |lane: &'static str, rng: &mut Rng| {
        steps(at.lane(lane), rng.fork(), depth).with_tags(tags!(LANE = lane))
    };
    match rng.u8(..12) {
        0 => part("part", rng).await,
        1 => {
            let other = Expected {
                tenant: format!("{}/{}", at.tenant, rng.u8(..3)),
                ..at.clone()
            };
            let tags = tags!(TENANT = other.tenant);
            steps(other, rng.fork(), depth).with_tags(tags).await;
        }
        2 => drop(call(at.lane("call"), rng.fork()).await),
        3 => {
            // The new task runs while this one yields. Then this one awaits it, aborts it, or detaches it.
            let task = spawn(steps(at.clone(), rng.fork(), depth).with_tags(TagMap::current()));
            yields(rng.u8(..4)).await;
            match rng.u8(..3) {
                0 => drop(task.await),
                1 => task.abort(),
                _ => {}
            }
        }
        4 => {
            let (winner, loser) = (part("winner", rng), part("loser", rng));
            tokio::select! {
                () = winner => {}
                () = loser => {}
                () = yields(rng.u8(..8)) => {}
                _ = call(at.lane("selected"), rng.fork()) => {}
            }
        }
        5 => {
            let patience = Duration::from_micros(rng.u64(..1_000));
            let _ = tokio::time::timeout(patience, part("timeout", rng)).await;
        }
        6 => {
            let called = call(at.lane("joined call"), rng.fork());
            let _ = tokio::join!(part("joined", rng), called, part("joined", rng));
        }
        7 => streams(at, rng).await,
        8 => {
            // This task may poll another task's future, which has tags of its own.
            lock(&at.shared.exchange).push(Box::pin(part("exchanged", rng)));
            yields(rng.u8(..4)).await;
            let taken = lock(&at.shared.exchange).pop();
            if let Some(taken) = taken {
                taken.await;
            }
        }
        9 => {
            let panicking = async {
                let panic = yields(rng.u8(..4)).map(|()| panics());
                tokio::join!(part("unwound", rng), panic)
            };
            let _ = AssertUnwindSafe(panicking).catch_unwind().await;
        }
        10 => {
            let (here, tags) = (at.clone(), TagMap::current());
            let _ = spawn_blocking(move || tags.scope(|| here.record())).await;
        }
        _ => {
            let shared = Arc::clone(&at.shared);
            drop(spawn(async move {
                if !TagMap::current().is_empty() {
                    shared.leaks.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
    }
    at.record();
}

async fn streams(at: &Expected, rng: &mut Rng) {
    let inside = at.lane("stream");
    let dropped = RecordAtDrop(inside.clone());
    let items = stream::iter(0..rng.u8(..6)).then(move |_| {
        let _ = &dropped;
        let inside = inside.clone();
        async move {
            yield_now().await;
            inside.record();
        }
    });
    let mut items = Box::pin(items.with_tags(tags!(LANE = "stream")));
    // Not always to the end of the stream.
    for _ in 0..rng.u8(..6) {
        if items.next().await.is_some() {
            at.record();
        }
    }
}

#[test]
fn every_measurement_is_counted_for_its_tenant() {
    let mut rng = random::rng();
    let shared = Arc::new(Shared::default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|number| {
                let at = Expected {
                    shared: Arc::clone(&shared),
                    tenant: number.to_string(),
                    lane: "task",
                };
                let tags = tags!(TENANT = number, LANE = "task");
                spawn(steps(at, rng.fork(), DEPTH).with_tags(tags))
            })
            .collect();
        for task in tasks {
            // Some of the aborted tasks have ended already.
            if rng.u8(..10) == 0 {
                task.abort();
            }
            let _ = task.await;
        }
    });
    // Cancels the tasks that are left, and waits for their destructors.
    drop(runtime);
    lock(&shared.exchange).clear();

    assert_eq!(shared.leaks.load(Ordering::Relaxed), 0);
    let worked = lock(&shared.worked);
    let recorded: u64 = worked.values().sum();
    assert!(recorded > 10 * TASKS, "too few: {recorded}");
    compare(&worked, &counts(&WORKED.data()));
    let called = lock(&shared.called);
    for result in ["ok", "error", "panicked", "cancelled"] {
        assert!(
            called.keys().any(|row| row[3] == result),
            "no call with the result {result}"
        );
    }
    compare(&called, &counts(&CALLED.data()));
    for row in IN_FLIGHT.data().rows {
        assert!(row.data == 0, "{row:?}");
    }
}

/// The rows that are not 0. (A measured function has rows before its first call.)
fn counts(data: &ViewData<u64>) -> Counts {
    let counted = data.rows.iter().filter(|row| row.data > 0);
    counted.map(|row| (tag_values(row), row.data)).collect()
}

/// Compares the rows and prints only the differences.
#[track_caller]
fn compare(expected: &Counts, actual: &Counts) {
    let keys = expected.keys().chain(actual.keys());
    let different: BTreeMap<_, _> = keys
        .map(|key| (key, (expected.get(key), actual.get(key))))
        .filter(|(_, (expected, actual))| expected != actual)
        .collect();
    assert!(different.is_empty(), "(expected, actual): {different:#?}");
}

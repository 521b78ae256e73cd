//! A thousand tasks on a few threads, each for its own tenant, that are cancelled, panic, spawn, stream and poll each
//! other's futures: every measurement is counted for its tenant.
//!
//! A task notes each measurement, with its tags, in the ledger of its present thread before it records the measurement.
//! In the end, the views must have the same rows.
//!
//! A program of its own: no views may come and go, so that the threads' caches stay filled.

mod expected;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use census::{
    Measure, StreamWithTags as _, TagKey, TagMap, WithTags as _, calls, measure, record, tag, tags,
    view,
};
use census_tests::polling::BoxedFuture;
use census_tests::random;
use fastrand::Rng;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::runtime::Runtime;
use tokio::task::{spawn, spawn_blocking, yield_now};

use self::expected::{Expected, ExpectedCall, RecordAtDrop, Shared, check_rows, lock, of_length};

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
            at.lane("own").note();
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
            let at = at.clone();
            drop(spawn(async move {
                let tags = TagMap::current();
                if !tags.is_empty() {
                    let leak = format!("{tags:?} in a task that {} spawned", at.tenant);
                    lock(&at.shared.leaks).push(leak);
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

/// A runtime whose threads have names, and leave their ledgers when they end.
fn runtime(shared: &Arc<Shared>) -> Runtime {
    let (started, ended) = (AtomicU64::new(0), Arc::clone(shared));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .thread_name_fn(move || format!("thread {}", started.fetch_add(1, Ordering::Relaxed)))
        .on_thread_stop(move || ended.take_ledger())
        .enable_time()
        .build()
        .expect("a runtime")
}

async fn run_all_tasks(shared: &Arc<Shared>, rng: &mut Rng) {
    let tasks: Vec<_> = (0..TASKS)
        .map(|number| {
            let at = Expected {
                shared: Arc::clone(shared),
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
}

#[test]
fn every_measurement_is_counted_for_its_tenant() {
    let seed = random::seed();
    let shared = Arc::new(Shared::default());
    let runtime = runtime(&shared);
    runtime.block_on(run_all_tasks(&shared, &mut Rng::with_seed(seed)));
    // Cancels the tasks that are left, and waits for their destructors.
    drop(runtime);
    lock(&shared.exchange).clear();
    shared.take_ledger();

    let at = format!("in the end (STRESS_SEED={seed})");
    let leaks = lock(&shared.leaks);
    assert!(leaks.is_empty(), "{at}: {leaks:?}");
    let ledgers = lock(&shared.ledgers);
    let worked: u64 = of_length(&ledgers, 2).map(|(_, all)| all.count()).sum();
    assert!(worked > 10 * TASKS, "{at}: too few: {worked}");
    for result in ["ok", "error", "panicked", "cancelled"] {
        let has_result = of_length(&ledgers, 4).any(|(row, _)| row[3] == result);
        assert!(has_result, "{at}: no call with the result {result}");
    }
    check_rows(&at, &ledgers);
}

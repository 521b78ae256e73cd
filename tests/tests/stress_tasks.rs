//! A thousand tasks, interleaved on a few threads, each for a tenant of its own, are cancelled, panic, spawn, stream and
//! poll each other's futures: every measurement is counted for its tenant, and none for another or for nobody.
//!
//! Whatever a task records it also writes down by name. In the end both must be the same, row by row.

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use census::{
    Measure, Row, StreamWithTags as _, TagKey, TagMap, ViewData, WithTags as _, calls, measure,
    record, tag, tags, view,
};
use fastrand::Rng;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::task::{spawn, spawn_blocking, yield_now};

#[tag]
static TENANT: TagKey;
/// What the tenant's task is doing: a tag of inner scopes.
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
/// How deep tasks, scopes and streams are nested in a task.
const DEPTH: u8 = 3;

/// What was done, by the texts of the columns.
type Ledger = BTreeMap<Vec<String>, u64>;
type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Default)]
struct Storm {
    worked: Mutex<Ledger>,
    called: Mutex<Ledger>,
    /// Futures that are to be polled by whichever task takes them.
    exchange: Mutex<Vec<Boxed>>,
    /// New tasks without tags that had some all the same.
    leaks: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Somebody doing something: what is recorded here is to be counted for exactly these.
#[derive(Clone)]
struct At {
    storm: Arc<Storm>,
    tenant: String,
    lane: &'static str,
}

impl At {
    fn lane(&self, lane: &'static str) -> Self {
        Self {
            lane,
            ..self.clone()
        }
    }

    /// Writes down that it records, and does it with nothing but the tags that are current.
    fn record(&self) {
        self.write_down();
        WORK.record(1);
    }

    fn write_down(&self) {
        let row = vec![self.tenant.clone(), self.lane.to_owned()];
        *lock(&self.storm.worked).entry(row).or_default() += 1;
    }
}

/// Records when it is dropped, as what it is part of ends, is cancelled or panics.
struct AtTheEnd(At);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        self.0.record();
    }
}

/// Writes down how a call ended.
struct Ends<'a> {
    at: &'a At,
    function: &'static str,
    result: &'static str,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let At { tenant, lane, .. } = self.at;
        let row = [tenant.as_str(), lane, self.function, self.result];
        let row = row.map(str::to_owned).to_vec();
        *lock(&self.at.storm.called).entry(row).or_default() += 1;
    }
}

/// Unlike `panic!`, it prints nothing.
fn panics() -> ! {
    resume_unwind(Box::new("a gust"))
}

fn end(ends: &mut Ends<'_>, how: u8) -> Result<(), ()> {
    match how {
        0 => {
            ends.result = "panicked";
            panics();
        }
        1 => {
            ends.result = "error";
            Err(())
        }
        _ => {
            ends.result = "ok";
            Ok(())
        }
    }
}

#[measure(CALL, in_flight = ACTIVE, tags(LANE = at.lane))]
async fn call(at: At, mut rng: Rng) -> Result<(), ()> {
    let mut ends = Ends {
        at: &at,
        function: "call",
        // Until it knows better.
        result: "cancelled",
    };
    for _ in 0..rng.u8(..4) {
        at.record();
        yield_now().await;
    }
    at.record();
    end(&mut ends, rng.u8(..6))
}

#[measure(CALL, in_flight = ACTIVE, tags(LANE = at.lane))]
fn call_now(at: &At, how: u8) -> Result<(), ()> {
    let mut ends = Ends {
        at,
        function: "call_now",
        result: "",
    };
    at.record();
    end(&mut ends, how)
}

async fn yields(times: u8) {
    for _ in 0..times {
        yield_now().await;
    }
}

/// Does a few things, one after the other. Its tags must be current already.
fn steps(at: At, mut rng: Rng, depth: u8) -> Boxed {
    Box::pin(async move {
        let _end = AtTheEnd(at.clone());
        for _ in 0..rng.u8(2..6) {
            if depth == 0 || rng.u8(..3) == 0 {
                simple_step(&at, &mut rng).await;
            } else {
                step(&at, &mut rng, depth - 1).await;
            }
        }
    })
}

async fn simple_step(at: &At, rng: &mut Rng) {
    match rng.u8(..7) {
        0..=1 => at.record(),
        2..=3 => yield_now().await,
        4 => {
            at.lane("own").write_down();
            record!(WORK = 1, tags(LANE = "own"));
        }
        5 => tags!(LANE = "scope").scope(|| {
            let _inner = tags!(LANE = "inner").enter();
            at.lane("inner").record();
        }),
        _ => {
            let how = rng.u8(..4);
            // A panic is only to end the call.
            let _ = catch_unwind(AssertUnwindSafe(|| call_now(&at.lane("now"), how)));
            at.record();
        }
    }
}

async fn step(at: &At, rng: &mut Rng, depth: u8) {
    // More steps, with a tag more than here.
    let part = |lane: &'static str, rng: &mut Rng| {
        steps(at.lane(lane), rng.fork(), depth).with_tags(tags!(LANE = lane))
    };
    match rng.u8(..12) {
        0 => part("part", rng).await,
        1 => {
            let other = At {
                tenant: format!("{}/{}", at.tenant, rng.u8(..3)),
                ..at.clone()
            };
            let tags = tags!(TENANT = other.tenant);
            steps(other, rng.fork(), depth).with_tags(tags).await;
        }
        2 => drop(call(at.lane("call"), rng.fork()).await),
        3 => {
            // It goes on while this one does something else, and then may be awaited, aborted or forgotten.
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
            // Somebody else's future may be polled here, and is none of this one's.
            lock(&at.storm.exchange).push(Box::pin(part("exchanged", rng)));
            yields(rng.u8(..4)).await;
            let taken = lock(&at.storm.exchange).pop();
            if let Some(taken) = taken {
                taken.await;
            }
        }
        9 => {
            let panicking = async {
                let gust = yields(rng.u8(..4)).map(|()| panics());
                tokio::join!(part("unwound", rng), gust)
            };
            let _ = AssertUnwindSafe(panicking).catch_unwind().await;
        }
        10 => {
            let (here, tags) = (at.clone(), TagMap::current());
            let _ = spawn_blocking(move || tags.scope(|| here.record())).await;
        }
        _ => {
            let storm = Arc::clone(&at.storm);
            drop(spawn(async move {
                if !TagMap::current().is_empty() {
                    storm.leaks.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
    }
    at.record();
}

async fn streams(at: &At, rng: &mut Rng) {
    let inside = at.lane("stream");
    let dropped = AtTheEnd(inside.clone());
    let items = stream::iter(0..rng.u8(..6)).then(move |_| {
        let _ = &dropped;
        let inside = inside.clone();
        async move {
            yield_now().await;
            inside.record();
        }
    });
    let mut items = Box::pin(items.with_tags(tags!(LANE = "stream")));
    // Perhaps not to its end.
    for _ in 0..rng.u8(..6) {
        if items.next().await.is_some() {
            at.record();
        }
    }
}

#[test]
fn every_measurement_is_counted_for_its_tenant() {
    let seed = env::var("STORM_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("STORM_SEED is a number"),
    );
    println!("STORM_SEED={seed} has the tasks do the same things again, if not in the same order");
    let mut rng = Rng::with_seed(seed);
    let storm = Arc::new(Storm::default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|number| {
                let at = At {
                    storm: Arc::clone(&storm),
                    tenant: number.to_string(),
                    lane: "task",
                };
                let tags = tags!(TENANT = number, LANE = "task");
                spawn(steps(at, rng.fork(), DEPTH).with_tags(tags))
            })
            .collect();
        for task in tasks {
            // Some have ended before.
            if rng.u8(..10) == 0 {
                task.abort();
            }
            let _ = task.await;
        }
    });
    // Cancels what is left, and waits until it is gone.
    drop(runtime);
    lock(&storm.exchange).clear();

    assert_eq!(storm.leaks.load(Ordering::Relaxed), 0);
    let worked = lock(&storm.worked);
    let recorded: u64 = worked.values().sum();
    assert!(recorded > 10 * TASKS, "a breeze: {recorded}");
    compare(&worked, &rows(&WORKED.data()));
    let called = lock(&storm.called);
    for result in ["ok", "error", "panicked", "cancelled"] {
        assert!(called.keys().any(|row| row[3] == result), "none {result}");
    }
    compare(&called, &rows(&CALLED.data()));
    for row in IN_FLIGHT.data().rows {
        assert!(row.data == 0, "{row:?}");
    }
}

/// The rows in which something was counted. (Functions have one before they are called.)
fn rows(data: &ViewData<u64>) -> Ledger {
    let counted = data.rows.iter().filter(|row| row.data > 0);
    let texts = |row: &Row<u64>| row.tags().map(|(_, value)| value.to_owned()).collect();
    counted.map(|row| (texts(row), row.data)).collect()
}

/// Both have the same rows with the same numbers; tells only what differs.
#[track_caller]
fn compare(expected: &Ledger, found: &Ledger) {
    let keys = expected.keys().chain(found.keys());
    let different: BTreeMap<_, _> = keys
        .map(|key| (key, (expected.get(key), found.get(key))))
        .filter(|(_, (expected, found))| expected != found)
        .collect();
    assert!(different.is_empty(), "(expected, found): {different:#?}");
}

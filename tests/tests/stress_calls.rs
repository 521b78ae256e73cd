//! Calls begin on one thread and end on another, while threads end and while views of the calls in flight come and go:
//! at no moment is a row below zero, and in the end each is zero.
//!
//! A program of its own: its views come and go all the time, which makes every thread of the process clear its cache.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use census::calls::{FUNCTION, MODULE};
use census::{Measure, Sum, TagKey, View, measure, tag, tags, view};
use census_tests::polling::{BoxedFuture, begun};
use census_tests::rows::integer;
use census_tests::threads::{Stop, on_threads, with_background};
use fastrand::Rng;

#[tag]
static TENANT: TagKey;
/// The tags of a function are enough to find the rows of this measure's views.
#[measure]
static ACTIVE: Measure<i64>;
/// The rows of this measure's views depend on the scope.
#[measure]
static SCOPED: Measure<i64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static ALL: Sum<ACTIVE>;
    static BY_FUNCTION: Sum<ACTIVE> by (FUNCTION);
    /// Most calls are in the overflow row.
    static BY_TENANT: Sum<SCOPED> by (TENANT, FUNCTION) { max_series: 3 }
    static BY_MODULE: Sum<SCOPED> by (FUNCTION, MODULE);
    static ENDED: Count<LATENCY>;
}

const WAVES: u64 = 40;
const THREADS: u64 = 4;
const STEPS: u64 = 1_000;

macro_rules! functions {
    ($($function:ident: $measure:ident),*) => {
        $(
            #[measure(LATENCY, in_flight = $measure)]
            async fn $function() {
                std::future::pending::<()>().await;
            }
        )*
        const FUNCTIONS: &[fn() -> BoxedFuture] = &[$(|| begun($function())),*];
    };
}

functions!(first: ACTIVE, second: ACTIVE, third: ACTIVE, fourth: SCOPED, fifth: SCOPED);

/// Calls that any thread may end.
static SHARED_CALLS: Mutex<Vec<BoxedFuture>> = Mutex::new(Vec::new());

fn shared_calls() -> MutexGuard<'static, Vec<BoxedFuture>> {
    SHARED_CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The life of a thread: it begins a call in each step, and ends about as many, its own or shared ones.
fn live(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut own: Vec<BoxedFuture> = Vec::new();
    for _ in 0..STEPS {
        let _scope = rng.bool().then(|| tags!(TENANT = rng.u8(0..5)).enter());
        let begin = rng.choice(FUNCTIONS).expect("there are functions");
        let call = begin();
        if rng.bool() {
            own.push(call);
        } else {
            shared_calls().push(call);
        }
        let ended = if rng.bool() {
            own.pop()
        } else {
            shared_calls().pop()
        };
        drop(ended);
    }
    shared_calls().extend(own);
}

fn sums(view: &View<Sum>) -> Vec<i64> {
    let rows = view.data().rows;
    rows.iter().map(|row| integer(&row.data)).collect()
}

fn assert_not_below_zero(view: &View<Sum>) {
    let sums = sums(view);
    assert!(sums.iter().all(|sum| *sum >= 0), "{sums:?}");
}

/// Registers and unregisters views in random order. The views that are left in the end were registered after some calls
/// had begun, and before others.
fn register_and_unregister(stop: &Stop, views: &mut Vec<View<Sum>>) {
    let mut rng = Rng::with_seed(99);
    let mut number = 0;
    while !stop.is_set() {
        number += 1;
        let measure = if rng.bool() { &ACTIVE } else { &SCOPED };
        let mut view = View::sum(format!("guest{number}"), measure);
        if rng.bool() {
            view = view.column(&FUNCTION);
        }
        // Seldom, because meanwhile the rows of `ACTIVE` depend on the scope, too.
        if rng.u8(0..8) == 0 {
            view = view.column(&TENANT).max_series(3);
        }
        views.push(view.register().expect("a free name"));
        if views.len() > 5 {
            let view = views.swap_remove(rng.usize(..views.len()));
            assert!(view.unregister());
        }
        views.iter().for_each(assert_not_below_zero);
        thread::yield_now();
    }
}

#[test]
fn views_count_the_calls_that_begin_after_registration() {
    const VIEWS: [&View<Sum>; 4] = [&ALL, &BY_FUNCTION, &BY_TENANT, &BY_MODULE];
    let guests = Mutex::new(Vec::new());
    with_background(
        &[
            &|stop| register_and_unregister(stop, &mut guests.lock().expect("only this thread")),
            &|stop| {
                while !stop.is_set() {
                    VIEWS.into_iter().for_each(assert_not_below_zero);
                }
            },
        ],
        || {
            for wave in 0..WAVES {
                on_threads(wave * THREADS..(wave + 1) * THREADS, live);
            }
            // Ended when dropped, after the lock is released.
            let left = std::mem::take(&mut *shared_calls());
            drop(left);
        },
    );
    let guests = guests.into_inner().expect("the thread has not panicked");
    for view in VIEWS.into_iter().chain(&guests) {
        let sums = sums(view);
        assert!(sums.iter().all(|sum| *sum == 0), "{sums:?}");
    }
    let ended: Vec<_> = ENDED.data().rows.iter().map(|row| row.data).collect();
    assert_eq!(ended, [WAVES * THREADS * STEPS]);
}

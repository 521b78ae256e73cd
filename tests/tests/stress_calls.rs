//! Calls begin on one thread and end on another, while threads end and views of the calls under way come and go: no row
//! is below zero at any moment, and none is left over.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use census::calls::{FUNCTION, MODULE};
use census::{Measure, Number, Sum, TagKey, View, measure, tag, tags, view};

#[tag]
static TENANT: TagKey;
/// The functions' own tags lead to the rows of all its views.
#[measure]
static ACTIVE: Measure<i64>;
/// Tags of the scope do, too.
#[measure]
static SCOPED: Measure<i64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static ALL: Sum<ACTIVE>;
    static BY_FUNCTION: Sum<ACTIVE> by (FUNCTION);
    /// Most of these go to the overflow row.
    static BY_TENANT: Sum<SCOPED> by (TENANT, FUNCTION) { max_series: 3 }
    static BY_MODULE: Sum<SCOPED> by (FUNCTION, MODULE);
    static ENDED: Count<LATENCY>;
}

const WAVES: u64 = 40;
const THREADS: u64 = 4;
const STEPS: u64 = 1_000;

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! functions {
    ($($function:ident: $measure:ident),*) => {
        $(
            #[measure(LATENCY, in_flight = $measure)]
            async fn $function() {
                std::future::pending::<()>().await;
            }
        )*
        const FUNCTIONS: &[fn() -> Call] = &[$(|| Box::pin($function())),*];
    };
}

functions!(first: ACTIVE, second: ACTIVE, third: ACTIVE, fourth: SCOPED, fifth: SCOPED);

/// Calls that any thread may end.
static UNDER_WAY: Mutex<Vec<Call>> = Mutex::new(Vec::new());

fn under_way() -> MutexGuard<'static, Vec<Call>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins a call in each step, and ends about as many, its own or others'.
fn live(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut own: Vec<Call> = Vec::new();
    for _ in 0..STEPS {
        let _scope = random
            .bool()
            .then(|| tags!(TENANT = random.u8(0..5)).enter());
        let mut call = random.choice(FUNCTIONS).expect("there are some")();
        let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if random.bool() {
            own.push(call);
        } else {
            under_way().push(call);
        }
        let ended = if random.bool() {
            own.pop()
        } else {
            under_way().pop()
        };
        drop(ended);
    }
    under_way().extend(own);
}

fn values(view: &View<Sum>) -> Vec<i64> {
    let value = |number: &Number| match number {
        Number::I64(value) => *value,
        _ => i64::MIN,
    };
    view.data()
        .rows
        .iter()
        .map(|row| value(&row.data))
        .collect()
}

fn none_is_below_zero(view: &View<Sum>) {
    let values = values(view);
    assert!(values.iter().all(|value| *value >= 0), "{values:?}");
}

/// Has views come, in any order, and go. Those that are left at the end have seen some calls from the beginning, and
/// others not.
fn views_come_and_go(done: &AtomicBool) -> Vec<View<Sum>> {
    let mut random = fastrand::Rng::with_seed(99);
    let mut guests: Vec<View<Sum>> = Vec::new();
    let mut number = 0;
    while !done.load(Ordering::Relaxed) {
        number += 1;
        let measure = if random.bool() { &ACTIVE } else { &SCOPED };
        let mut guest = View::sum(format!("guest{number}"), measure);
        if random.bool() {
            guest = guest.column(&FUNCTION);
        }
        // Seldom: meanwhile `ACTIVE`, too, depends on the scope.
        if random.u8(0..8) == 0 {
            guest = guest.column(&TENANT).max_series(3);
        }
        guests.push(guest.register().expect("a free name"));
        if guests.len() > 5 {
            let gone = guests.swap_remove(random.usize(..guests.len()));
            assert!(gone.unregister());
        }
        guests.iter().for_each(none_is_below_zero);
        thread::yield_now();
    }
    guests
}

#[test]
fn calls_under_way_are_counted_in_each_view_that_saw_them_begin() {
    let done = AtomicBool::new(false);
    let guests = thread::scope(|scope| {
        let guests = scope.spawn(|| views_come_and_go(&done));
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                [&ALL, &BY_FUNCTION, &BY_TENANT, &BY_MODULE]
                    .into_iter()
                    .for_each(none_is_below_zero);
            }
        });
        for wave in 0..WAVES {
            let threads =
                (0..THREADS).map(|thread| thread::spawn(move || live(wave * THREADS + thread)));
            for thread in threads.collect::<Vec<_>>() {
                thread.join().expect("it does not panic");
            }
        }
        let left = std::mem::take(&mut *under_way());
        drop(left);
        done.store(true, Ordering::Relaxed);
        guests.join().expect("it does not panic")
    });
    for view in [&ALL, &BY_FUNCTION, &BY_TENANT, &BY_MODULE]
        .into_iter()
        .chain(&guests)
    {
        let values = values(view);
        assert!(values.iter().all(|value| *value == 0), "{values:?}");
    }
    let ended: Vec<_> = ENDED.data().rows.iter().map(|row| row.data).collect();
    assert_eq!(ended, [WAVES * THREADS * STEPS]);
}

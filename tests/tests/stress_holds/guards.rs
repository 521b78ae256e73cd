//! The guards that a thread begins and ends.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use census::{BoundMeasure, Held, tags};
use census_tests::ledger::Ledger;
use fastrand::Rng;

use super::{MEASURES, TENANT};

const TENANTS: [&str; 5] = ["a", "b", "c", "a tenant with a long name", ""];

static BOUND: LazyLock<Vec<(usize, &str, BoundMeasure<i64>)>> = LazyLock::new(|| {
    let bind = |(measure, tenant)| {
        let index: usize = measure;
        let bound = MEASURES
            .get(index)
            .expect("three")
            .bind(tags!(TENANT = tenant));
        (index, tenant, bound)
    };
    [(0, "b"), (0, "d"), (1, "a"), (1, "e"), (2, "")]
        .map(bind)
        .into()
});

const STEPS: u64 = 600;

/// What decides in which rows a guard is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) measure: usize,
    pub(super) tenant: &'static str,
    /// The wave in which the guard began: later views do not count it.
    pub(super) born: u64,
}

/// A guard as the model knows it.
pub(super) struct Guard {
    pub(super) held: Held,
    pub(super) key: Key,
    pub(super) value: i64,
}

/// Guards that any thread may end.
pub(super) static SHARED: Mutex<Vec<Guard>> = Mutex::new(Vec::new());

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// Guards that end when the thread does.
    static ENDS_WITH_THREAD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

fn begin(rng: &mut Rng, born: u64) -> Guard {
    let value = rng.i64(0..10);
    let (measure, tenant, held) = if rng.u8(0..4) == 0 {
        let (measure, tenant, bound) = &BOUND[rng.usize(..BOUND.len())];
        (*measure, *tenant, bound.hold(value))
    } else {
        let measure = rng.usize(..MEASURES.len());
        let tenant = rng.choice(TENANTS).expect("there are tenants");
        let begin = || MEASURES[measure].hold(value);
        let held = if tenant.is_empty() {
            begin()
        } else {
            tags!(TENANT = tenant).scope(begin)
        };
        (measure, tenant, held)
    };
    let key = Key {
        measure,
        tenant,
        born,
    };
    Guard { held, key, value }
}

/// Ends a guard in one of several ways, or forgets it.
fn end(rng: &mut Rng, guard: Guard, ledger: &mut Ledger<Key>) {
    let Guard { held, key, value } = guard;
    match rng.u8(0..20) {
        0 => {
            std::mem::forget(held);
            return;
        }
        1 => ENDS_WITH_THREAD.with_borrow_mut(|guards| guards.push(held)),
        2 => {
            let panics = AssertUnwindSafe(|| {
                let _held = held;
                resume_unwind(Box::new("on purpose"));
            });
            assert!(catch_unwind(panics).is_err());
        }
        3 => tags!(TENANT = "another").scope(|| drop(held)),
        _ => drop(held),
    }
    ledger.note(key, -value);
}

/// The life of a thread: it begins a guard in each step, and ends about as many, its own or shared ones.
pub(super) fn live(seed: u64, born: u64, ledger: &mut Ledger<Key>) {
    let mut rng = Rng::with_seed(seed);
    if rng.bool() {
        // The list is made before the thread's cache, and so is dropped at another time.
        ENDS_WITH_THREAD.with_borrow_mut(Vec::clear);
    }
    let mut own = Vec::new();
    for step in 0..STEPS {
        ledger.step = step;
        let guard = begin(&mut rng, born);
        ledger.note(guard.key, guard.value);
        if rng.bool() {
            own.push(guard);
        } else {
            locked(&SHARED).push(guard);
        }
        let ended = if rng.bool() {
            own.pop()
        } else {
            let mut shared = locked(&SHARED);
            let index = rng.usize(..shared.len().max(1));
            (index < shared.len()).then(|| shared.swap_remove(index))
        };
        if let Some(ended) = ended {
            end(&mut rng, ended, ledger);
        }
    }
    locked(&SHARED).extend(own);
}

//! Guards of `Measure::hold` begin and end on many threads, in all ways, while views come and go and a thread reads: at no
//! moment is a row below zero, and whenever the threads have ended, each row is that of a model.
//!
//! A program of its own: its views come and go all the time, which makes every thread of the process clear its cache.

#![expect(clippy::indexing_slicing, reason = "the indices are below the lengths")]

use std::cell::RefCell;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{LazyLock, Mutex, PoisonError};

use census::{BoundMeasure, Held, Measure, Sum, TagKey, View, measure, tag, tags};
use census_tests::ledger::{FirstFault, Ledger, Ledgers, Recorded};
use census_tests::rows::{OVERFLOW, below_zero, integer, values};
use census_tests::threads::{Stop, with_background};
use fastrand::Rng;

#[tag]
static TENANT: TagKey;
#[measure]
static FIRST: Measure<i64>;
#[measure]
static SECOND: Measure<i64>;
/// The rows of this measure's views never depend on the scope.
#[measure]
static ALONE: Measure<i64>;

const MEASURES: [&Measure<i64>; 3] = [&FIRST, &SECOND, &ALONE];

/// Whether a measure has views with columns.
fn has_columns(measure: &Measure<i64>) -> bool {
    measure.name() != ALONE.name()
}
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

const WAVES: u64 = 40;
const THREADS: u64 = 4;
const STEPS: u64 = 600;

/// What decides in which rows a guard is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    measure: usize,
    tenant: &'static str,
    /// The wave in which the guard began: later views do not count it.
    born: u64,
}

/// A guard as the model knows it.
struct Guard {
    held: Held,
    key: Key,
    value: i64,
}

/// Guards that any thread may end.
static SHARED: Mutex<Vec<Guard>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
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
fn live(seed: u64, born: u64, ledger: &mut Ledger<Key>) {
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

/// Which guards a view counts, and in which rows.
#[derive(Clone, Copy)]
struct Counted {
    measure: usize,
    by_tenant: bool,
    /// The first wave whose guards the view has seen.
    since: u64,
}

impl Counted {
    fn row_of(self, key: &Key) -> Option<Vec<String>> {
        let is_counted = key.measure == self.measure && key.born >= self.since;
        let row = || self.by_tenant.then(|| key.tenant.to_owned());
        is_counted.then(|| row().into_iter().collect())
    }
}

struct ModeledView {
    view: View<Sum>,
    max: usize,
    counted: Counted,
}

impl ModeledView {
    fn register(number: u64, rng: &mut Rng, since: u64) -> Self {
        let measure = rng.usize(..MEASURES.len());
        let by_tenant = has_columns(MEASURES[measure]) && rng.bool();
        let max = if rng.bool() { 3 } else { 100 };
        let mut view = View::sum(format!("modeled{number}"), MEASURES[measure]);
        if by_tenant {
            view = view.column(&TENANT);
        }
        Self {
            view: view.max_series(max).register().expect("a free name"),
            max,
            counted: Counted {
                measure,
                by_tenant,
                since,
            },
        }
    }

    /// Compares the rows with the guards that are held.
    fn check(&self, at: &dyn Display, ledgers: &Ledgers<Key>) {
        let actual = values(&self.view, integer);
        let row_of = |key: &Key| self.counted.row_of(key);
        ledgers
            .compare(&actual, row_of, Recorded::sum)
            .assert_none(at);
        let has_room = |row: &&Vec<String>| row.iter().all(|tenant| tenant != OVERFLOW);
        let normal = actual.rows.keys().filter(has_room).count();
        assert!(normal <= self.max, "{at}: above {}: {actual:?}", self.max);
        let another = actual.rows.get(["another".to_owned()].as_slice());
        assert_eq!(another, None, "{at}: an end makes no row: {actual:?}");
    }

    fn report_below_zero(&self, at: &dyn Display, fault: &FirstFault<Key>) {
        let counted = self.counted;
        let row_of = move |_: &str, key: &Key| counted.row_of(key);
        fault.report(at, below_zero(&self.view), row_of);
    }
}

/// Registers and unregisters views during a wave. None of them is ever below zero.
fn guests(stop: &Stop, wave: u64, fault: &FirstFault<Key>) {
    let mut rng = Rng::with_seed(wave);
    let mut views: Vec<ModeledView> = Vec::new();
    let mut number = 0;
    stop.repeat_until_set("registration", &during(wave), |round| {
        number += 1;
        let measure = rng.usize(..MEASURES.len());
        let mut view = View::sum(format!("guest{wave}_{number}"), MEASURES[measure]);
        let by_tenant = has_columns(MEASURES[measure]) && rng.bool();
        if by_tenant {
            view = view.column(&TENANT).max_series(2);
        }
        views.push(ModeledView {
            view: view.register().expect("a free name"),
            max: 2,
            counted: Counted {
                measure,
                by_tenant,
                // The view may have seen every guard of this wave.
                since: wave,
            },
        });
        if views.len() > 3 {
            let gone = views.swap_remove(rng.usize(..views.len()));
            assert!(gone.view.unregister(), "{} was there", gone.view.name());
        }
        for view in &views {
            view.report_below_zero(round, fault);
        }
        std::thread::yield_now();
    });
    for ModeledView { view, .. } in views {
        assert!(view.unregister(), "{} was there", view.name());
    }
}

fn during(wave: u64) -> String {
    format!("wave {wave}")
}

/// Registers and unregisters views between two waves.
fn replace_views(wave: u64, rng: &mut Rng, number: &mut u64, views: &mut Vec<ModeledView>) {
    while views.len() < 6 || rng.bool() {
        *number += 1;
        views.push(ModeledView::register(*number, rng, wave));
    }
    // The first views stay.
    while views.len() > 6 && rng.bool() {
        let mut gone = views.swap_remove(rng.usize(4..views.len()));
        assert!(gone.view.unregister(), "{} was there", gone.view.name());
        if rng.bool() {
            gone.view.register().expect("the name is free again");
            gone.counted.since = wave;
            views.push(gone);
        }
    }
}

/// Runs the threads of a wave, and reads the views meanwhile.
fn run_wave(wave: u64, views: &[ModeledView], ledgers: &mut Ledgers<Key>) {
    let fault = FirstFault::default();
    let read = |stop: &Stop| {
        stop.repeat_until_set("reading", &during(wave), |round| {
            for view in views {
                view.report_below_zero(round, &fault);
            }
        });
    };
    with_background(&[&|stop| guests(stop, wave, &fault), &read], || {
        let seeds = wave * THREADS..(wave + 1) * THREADS;
        let name = |seed| format!("thread {} of wave {wave} (seed {seed})", seed % THREADS);
        ledgers.run(seeds, name, |seed, ledger| live(seed, wave, ledger));
    });
    fault.assert_none(ledgers);
}

/// In the end, guards are left that were forgotten.
#[test]
fn rows_are_those_of_the_model() {
    let mut rng = Rng::with_seed(7);
    let mut number = 0;
    let mut views: Vec<ModeledView> = Vec::new();
    let mut ledgers = Ledgers::default();
    for wave in 0..WAVES {
        replace_views(wave, &mut rng, &mut number, &mut views);
        run_wave(wave, &views, &mut ledgers);
        for view in &views {
            view.check(&format_args!("after wave {wave}"), &ledgers);
        }
    }
    let mut ledger = Ledger::default();
    for Guard { held, key, value } in std::mem::take(&mut *locked(&SHARED)) {
        drop(held);
        ledger.note(key, -value);
    }
    ledgers.add("the main thread in the end".to_owned(), ledger);
    for view in &views {
        view.check(&"when all shared guards have ended", &ledgers);
    }
    let forgotten = ledgers.all().any(|(_, recorded)| recorded.sum() > 0);
    assert!(forgotten, "no guard was forgotten");
}

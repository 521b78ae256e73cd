//! Guards of `Measure::hold` begin and end on many threads, in all ways, while views come and go and a thread reads: at no
//! moment is a row below zero, and whenever the threads have ended, each row is that of a model.
//!
//! A program of its own: its views come and go all the time, which makes every thread of the process clear its cache.

#![expect(clippy::indexing_slicing, reason = "the indices are below the lengths")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{LazyLock, Mutex, PoisonError};

use census::{BoundMeasure, Held, Measure, Sum, TagKey, View, measure, tag, tags};
use census_tests::rows::{integer, tag_values};
use census_tests::threads::{Stop, on_threads, with_background};
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

/// A guard as the model knows it.
#[derive(Clone, Debug)]
struct Modeled {
    measure: usize,
    tenant: String,
    value: i64,
    /// The wave in which it began.
    born: u64,
}

/// Guards that any thread may end.
static SHARED: Mutex<Vec<(Held, Modeled)>> = Mutex::new(Vec::new());
/// Guards that were forgotten.
static FORGOTTEN: Mutex<Vec<Modeled>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// Guards that end when the thread does.
    static ENDS_WITH_THREAD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

fn begin(rng: &mut Rng, born: u64) -> (Held, Modeled) {
    let value = rng.i64(0..10);
    if rng.u8(0..4) == 0 {
        let (measure, tenant, bound) = &BOUND[rng.usize(..BOUND.len())];
        let modeled = Modeled {
            measure: *measure,
            tenant: (*tenant).to_owned(),
            value,
            born,
        };
        return (bound.hold(value), modeled);
    }
    let measure = rng.usize(..MEASURES.len());
    let tenant = rng.choice(TENANTS).expect("there are tenants");
    let begin = || MEASURES[measure].hold(value);
    let held = if tenant.is_empty() {
        begin()
    } else {
        tags!(TENANT = tenant).scope(begin)
    };
    let modeled = Modeled {
        measure,
        tenant: tenant.to_owned(),
        value,
        born,
    };
    (held, modeled)
}

/// Ends a guard in one of several ways.
fn end(rng: &mut Rng, (held, modeled): (Held, Modeled)) {
    match rng.u8(0..20) {
        0 => {
            std::mem::forget(held);
            locked(&FORGOTTEN).push(modeled);
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
}

/// The life of a thread: it begins a guard in each step, and ends about as many, its own or shared ones.
fn live(seed: u64, born: u64) {
    let mut rng = Rng::with_seed(seed);
    if rng.bool() {
        // The list is made before the thread's cache, and so is dropped at another time.
        ENDS_WITH_THREAD.with_borrow_mut(Vec::clear);
    }
    let mut own = Vec::new();
    for _ in 0..STEPS {
        let guard = begin(&mut rng, born);
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
            end(&mut rng, ended);
        }
    }
    locked(&SHARED).extend(own);
}

/// A view, and the first wave whose guards it has seen.
struct ModeledView {
    view: View<Sum>,
    measure: usize,
    by_tenant: bool,
    max: usize,
    since: u64,
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
            measure,
            by_tenant,
            max,
            since,
        }
    }

    /// Compares the rows with the guards that are held.
    fn check(&self, held: &[Modeled]) {
        let mut rows: BTreeMap<String, i64> = BTreeMap::new();
        for row in self.view.data().rows {
            let tenant = tag_values(&row).pop().unwrap_or_default();
            rows.insert(tenant, integer(&row.data));
        }
        let normal = rows.keys().filter(|tenant| *tenant != "_overflow").count();
        assert!(normal <= self.max, "{rows:?}");
        assert!(!rows.contains_key("another"), "an end makes no row");
        let mut expected: BTreeMap<String, i64> = rows.keys().map(|key| (key.clone(), 0)).collect();
        let seen = held
            .iter()
            .filter(|held| held.measure == self.measure && held.born >= self.since);
        for held in seen {
            // Which tenants have rows depends on the order of the first measurements.
            let tenant = match () {
                () if !self.by_tenant => "",
                () if rows.contains_key(&held.tenant) => &held.tenant,
                () => "_overflow",
            };
            *expected.entry(tenant.to_owned()).or_default() += held.value;
        }
        assert_eq!(rows, expected, "{}", self.view.name());
    }
}

fn assert_not_below_zero(view: &View<Sum>) {
    let rows = view.data().rows;
    let sums: Vec<i64> = rows.iter().map(|row| integer(&row.data)).collect();
    assert!(sums.iter().all(|sum| *sum >= 0), "{sums:?}");
}

/// Registers and unregisters views during a wave. None of them is ever below zero.
fn guests(stop: &Stop, wave: u64) {
    let mut rng = Rng::with_seed(wave);
    let mut views: Vec<View<Sum>> = Vec::new();
    let mut number = 0;
    while !stop.is_set() {
        number += 1;
        let measure = rng.choice(MEASURES).expect("there are measures");
        let mut view = View::sum(format!("guest{wave}_{number}"), measure);
        if has_columns(measure) && rng.bool() {
            view = view.column(&TENANT).max_series(2);
        }
        views.push(view.register().expect("a free name"));
        if views.len() > 3 {
            let view = views.swap_remove(rng.usize(..views.len()));
            assert!(view.unregister());
        }
        views.iter().for_each(assert_not_below_zero);
        std::thread::yield_now();
    }
    for view in views {
        assert!(view.unregister());
    }
}

#[test]
fn rows_are_those_of_the_model() {
    let mut rng = Rng::with_seed(7);
    let mut number = 0;
    let mut views: Vec<ModeledView> = Vec::new();
    for wave in 0..WAVES {
        while views.len() < 6 || rng.bool() {
            number += 1;
            views.push(ModeledView::register(number, &mut rng, wave));
        }
        // The first views stay.
        while views.len() > 6 && rng.bool() {
            let gone = views.swap_remove(rng.usize(4..views.len()));
            assert!(gone.view.unregister());
            if rng.bool() {
                gone.view.register().expect("the name is free again");
                views.push(ModeledView {
                    since: wave,
                    ..gone
                });
            }
        }
        with_background(
            &[&|stop| guests(stop, wave), &|stop| {
                while !stop.is_set() {
                    for modeled in &*views {
                        assert_not_below_zero(&modeled.view);
                    }
                }
            }],
            || {
                on_threads(wave * THREADS..(wave + 1) * THREADS, |seed| {
                    live(seed, wave);
                });
            },
        );
        let shared = locked(&SHARED);
        let mut held: Vec<Modeled> = shared.iter().map(|(_, modeled)| modeled.clone()).collect();
        drop(shared);
        held.extend(locked(&FORGOTTEN).iter().cloned());
        for view in &views {
            view.check(&held);
        }
    }
    drop(std::mem::take(&mut *locked(&SHARED)));
    let forgotten = locked(&FORGOTTEN);
    assert!(!forgotten.is_empty());
    for view in &views {
        view.check(&forgotten);
    }
}

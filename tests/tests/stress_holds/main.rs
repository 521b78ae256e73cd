//! Guards of `Measure::hold` begin and end on many threads, in all ways, while views come and go and a thread reads: at no
//! moment is a row below zero, and whenever the threads have ended, each row is that of a model.
//!
//! A program of its own: its views come and go all the time, which makes every thread of the process clear its cache.

#![expect(clippy::indexing_slicing, reason = "the indices are below the lengths")]

mod guards;

use std::fmt::Display;

use census::{Measure, Sum, TagKey, View, measure, tag};
use census_tests::differences::Differences;
use census_tests::ledger::{FirstFault, Ledger, Ledgers, Recorded};
use census_tests::rows::{OVERFLOW, below_zero, integer, values};
use census_tests::threads::{Stop, with_background};
use fastrand::Rng;

use self::guards::{Guard, Key, SHARED, live, locked};

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

const WAVES: u64 = 40;
const THREADS: u64 = 4;

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
    fn differences(&self, ledgers: &Ledgers<Key>) -> Differences {
        let actual = values(&self.view, integer);
        ledgers.compare(&actual, |key| self.counted.row_of(key), Recorded::sum)
    }

    /// Which rows there are, whatever their sums.
    fn check_rows(&self, at: &dyn Display) {
        let actual = values(&self.view, integer);
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

fn check(at: &dyn Display, views: &[ModeledView], ledgers: &Ledgers<Key>) {
    let mut differences = Differences::default();
    for view in views {
        differences.extend(view.differences(ledgers));
    }
    differences.assert_none(at);
    for view in views {
        view.check_rows(at);
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
        check(&format_args!("after wave {wave}"), &views, &ledgers);
    }
    let mut ledger = Ledger::default();
    for Guard { held, key, value } in std::mem::take(&mut *locked(&SHARED)) {
        drop(held);
        ledger.note(key, -value);
    }
    ledgers.add("the main thread in the end".to_owned(), ledger);
    check(&"when all shared guards have ended", &views, &ledgers);
    let forgotten = ledgers.all().any(|(_, recorded)| recorded.sum() > 0);
    assert!(forgotten, "no guard was forgotten");
}

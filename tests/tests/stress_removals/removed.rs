//! `View::remove` and `View::clear` while threads record, in waves. After each wave nothing runs, and each row has what
//! the threads' ledgers say.

mod check;
mod lives;

use std::fmt::Display;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use census::prometheus::Exporter;
use census::{CatalogueError, Data, Measure, measure};
use census_tests::ledger::{FirstFault, Ledger, Ledgers};
use census_tests::random;
use census_tests::rows::integer;
use census_tests::scrape;
use census_tests::threads::{Progress, Stop, with_background};
use fastrand::Rng;

use self::check::{Check, Settled};
use self::lives::{Between, Is, Marks, Noted};
use super::held::Guards;
use super::keys::{KEYS, Measures, Ways};
use super::removals::{Hot, Plan, Removals};
use super::scraped::{Lives, in_text, in_views};
use super::views::{Going, Of, register_all};

#[measure(name = "removed/work")]
static WORK: Measure<u64>;
#[measure(name = "removed/part")]
static PART: Measure<f64>;
#[measure(name = "removed/mark")]
static MARK: Measure<u64>;
#[measure(name = "removed/held")]
static HELD: Measure<i64>;

const WAVES: u64 = 40;
const THREADS: u64 = 8;
/// How many steps a thread makes in a wave. In each, it makes a measurement, or begins or ends a guard.
const STEPS: u64 = if cfg!(debug_assertions) { 100 } else { 1_000 };

struct Storm {
    ways: Ways,
    views: Vec<Going>,
    removals: Removals,
    guards: Guards<Between>,
    /// Those of the threads of this wave.
    marks: Mutex<Vec<Marks>>,
    /// How many steps the threads have made in this wave.
    steps: AtomicU64,
}

fn run_wave(storm: &Storm, wave: u64, seed: u64, ledgers: &mut Ledgers<Noted>) -> Plan {
    let mut rng = Rng::with_seed(seed ^ (wave << 32));
    let hot = Hot::random(&mut rng);
    let plan = Plan::random(&mut rng, storm.views.len(), THREADS * STEPS, &hot);
    storm.steps.store(0, Ordering::Relaxed);
    storm.marks.lock().expect("no thread panics").clear();
    let remove = |part: usize, stop: &Stop| {
        plan.run(part, 2, &storm.steps, stop, |removal| {
            storm.removals.remove(&storm.views, removal);
        });
    };
    with_background(&[&|stop| remove(0, stop), &|stop| remove(1, stop)], || {
        let name = |thread| format!("thread {thread} of wave {wave}");
        ledgers.run(0..THREADS, name, |thread, ledger| {
            storm.live(seed, wave * THREADS + thread, &hot, ledger);
        });
    });
    plan
}

/// Ends the guards of which it is not known whether they are in a row.
fn end_doubtful(storm: &Storm, ledgers: &mut Ledgers<Noted>) {
    let removals = storm.removals.ended();
    let held = (0..storm.views.len()).filter(|view| storm.views[*view].of == Of::Held);
    let held: Vec<usize> = held.collect();
    let doubtful = storm.guards.take_all(|guard| {
        let is = |view: &usize| {
            let noted = guard.beginning.of(*view, guard.key);
            noted.is(removals[*view][guard.key])
        };
        held.iter().any(|view| is(view) == Is::Either)
    });
    let mut ledger = Ledger::default();
    for guard in doubtful {
        storm.end(guard, &mut ledger);
    }
    ledgers.add("the main thread".to_owned(), ledger);
}

fn run_all_waves(storm: &Storm, seed: u64, progress: &Progress, fault: &FirstFault<Noted>) {
    let mut settled = Settled::new();
    for wave in 0..WAVES {
        progress.set(wave);
        let mut ledgers = Ledgers::default();
        let plan = run_wave(storm, wave, seed, &mut ledgers);
        fault.assert_none(&ledgers);
        let check = |at: &str, ledgers: &Ledgers<Noted>| {
            let check = Check {
                storm,
                settled: &settled,
                ledgers,
            };
            check.run(&format_args!("after wave {wave}{at}, with {plan}"))
        };
        check("", &ledgers);
        end_doubtful(storm, &mut ledgers);
        settled = check(", without doubtful guards", &ledgers);
    }
    let mut ledger = Ledger::default();
    for guard in storm.guards.take_all(|_| true) {
        storm.end(guard, &mut ledger);
    }
    for view in storm.views.iter().filter(|view| view.is_level) {
        let mut held = view.view.rows();
        held.retain(|(_, data)| !matches!(data, Data::Sum(sum) if integer(sum) == 0));
        assert!(held.is_empty(), "nothing is held any more: {held:?}");
    }
}

#[test]
fn rows_have_what_was_recorded_since_their_removal() -> Result<(), CatalogueError> {
    let seed = random::seed();
    let measures = || Measures {
        work: &WORK,
        part: &PART,
        mark: &MARK,
        held: &HELD,
    };
    let views = register_all("removed", &measures(), None);
    let storm = Storm {
        ways: Ways::new(measures()),
        removals: Removals::of(&views),
        guards: Guards::default(),
        marks: Mutex::default(),
        steps: AtomicU64::new(0),
        views,
    };
    let exporter = Exporter::builder().build()?;
    let (progress, fault) = (Progress::new("wave"), FirstFault::default());
    let names = storm.views.iter().map(|view| view.view.name());
    let names: Vec<String> = names.map(str::to_owned).collect();
    let report = |at: &dyn Display, found| {
        let names = names.clone();
        fault.report(at, found, move |view, noted: &Noted| {
            (names[noted.view] == view).then(|| vec![KEYS[noted.key].0.to_owned()])
        });
    };
    with_background(
        &[
            &|stop| {
                let mut lives = Lives::new(&storm.views, &storm.removals);
                stop.repeat_until_set("snapshot", &progress, |round| {
                    report(round, lives.check());
                });
            },
            &|stop| {
                stop.repeat_until_set("reading", &progress, |round| {
                    report(round, in_views(&storm.views));
                });
            },
            &|stop| {
                stop.repeat_until_set("scrape", &progress, |round| {
                    report(round, in_text(&exporter));
                });
            },
        ],
        || run_all_waves(&storm, seed, &progress, &fault),
    );
    fault.assert_none(&Ledgers::default());
    let text = scrape::text(&exporter);
    for line in storm.removals.lines(&storm.views) {
        assert!(text.contains(&format!("{line}\n")), "{line} in {text}");
    }
    Ok(())
}

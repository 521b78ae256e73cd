//! Rows that are idle while threads record, in waves. After each wave nothing runs, each row has what the times of its
//! measurements allow, and then all rows go.

mod check;
mod lives;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Mutex;
use std::time::Duration;

use census::prometheus::Exporter;
use census::{CatalogueError, Measure, Sum, View, measure, record};
use census_tests::ledger::{FirstFault, Ledgers};
use census_tests::random;
use census_tests::rows::integer;
use census_tests::threads::{Progress, Stop, with_background};
use fastrand::Rng;

use self::check::check_that_all_go;
use self::lives::{Key, Measured, Role, end};
use super::held::Guards;
use super::keys::{KEY, KEYS, Measures, Ways};
use super::scraped::{in_snapshot, in_text, in_views};
use super::timeline::{Span, nanos, now};
use super::views::{Going, Of, register_all};

#[measure(name = "idle/work")]
static WORK: Measure<u64>;
#[measure(name = "idle/part")]
static PART: Measure<f64>;
#[measure(name = "idle/mark")]
static MARK: Measure<u64>;
#[measure(name = "idle/held")]
static HELD: Measure<i64>;

/// After which time rows go.
const IDLE: Duration = Duration::from_millis(4);
/// How long the threads of a wave record.
const WAVE: Duration = Duration::from_millis(40);
const WAVES: u64 = 15;
const THREADS: u64 = 8;
/// Further rows, which only make looks longer.
const OTHERS: u64 = 100;

struct Storm {
    ways: Ways,
    views: Vec<Going>,
    guards: Guards<Span>,
    /// Of the threads of this wave that have ended.
    measured: Mutex<Measured>,
    /// Of this wave: removals by the program, by view and key.
    removed: Mutex<BTreeMap<(usize, usize), Vec<Span>>>,
}

fn run_wave(storm: &Storm, wave: u64, seed: u64, ledgers: &mut Ledgers<Key>) {
    let mut rng = Rng::with_seed(seed ^ (wave << 40));
    let roles: Vec<Role> = KEYS.iter().map(|_| Role::random(&mut rng)).collect();
    let has_removals = rng.u8(0..3) == 0;
    *storm.measured.lock().expect("no thread panics") = Measured::default();
    storm.removed.lock().expect("no thread panics").clear();
    for other in 0..OTHERS {
        record!(WORK = 1, PART = 1.0, MARK = 1, tags(KEY = other));
    }
    let remove = |stop: &Stop| {
        if has_removals {
            storm.remove_at_times(&mut Rng::with_seed(seed ^ wave), stop);
        }
    };
    with_background(&[&remove], || {
        let until = now() + nanos(WAVE);
        let name = |thread| format!("thread {thread} of wave {wave}");
        ledgers.run(0..THREADS, name, |thread, ledger| {
            storm.live(wave, thread, seed, &roles, until, ledger);
        });
    });
}
fn run_all_waves(
    storm: &Storm,
    crowded: &View<Sum>,
    seed: u64,
    progress: &Progress,
    fault: &FirstFault<Key>,
) {
    // Handles have made rows. They would be idle since a time before the first wave.
    check_that_all_go(&"before the first wave", &storm.views);
    let mut work = 0;
    for wave in 0..WAVES {
        progress.set(wave);
        let mut ledgers = Ledgers::default();
        let since = now();
        run_wave(storm, wave, seed, &mut ledgers);
        fault.assert_none(&ledgers);
        let at = format!("after wave {wave}");
        storm.check(&at, since, &ledgers);
        for guard in storm.guards.take_all(|_| true) {
            end(guard);
        }
        storm.check_levels(&at);
        check_that_all_go(&at, &storm.views);
        let measured = storm.measured.lock().expect("no thread panics");
        let recorded = measured.recorded.iter().map(|(key, ..)| KEYS[*key].1);
        work += recorded.sum::<u64>() + OTHERS;
        // Each measurement is in one row of this view at most.
        let rows = crowded.data().rows;
        let shown: i64 = rows.iter().map(|row| integer(&row.data)).sum();
        assert!(
            shown.cast_unsigned() <= work,
            "{at}: {shown} of {work}: {rows:?}"
        );
    }
}

#[test]
fn idle_rows_go_and_others_lose_nothing() -> Result<(), CatalogueError> {
    let seed = random::seed();
    let measures = || Measures {
        work: &WORK,
        part: &PART,
        mark: &MARK,
        held: &HELD,
    };
    let views = register_all("idle", &measures(), Some(IDLE));
    let crowded = View::sum("idle_crowded", &WORK).column(&KEY).max_series(4);
    let crowded = crowded.idle(IDLE).register()?;
    let storm = Storm {
        ways: Ways::new(measures()),
        guards: Guards::default(),
        measured: Mutex::default(),
        removed: Mutex::default(),
        views,
    };
    let exporter = Exporter::builder().build()?;
    let (progress, fault) = (Progress::new("wave"), FirstFault::default());
    let held: BTreeSet<String> = {
        let held = storm.views.iter().filter(|view| view.of == Of::Held);
        held.map(|view| view.view.name().to_owned()).collect()
    };
    let report = |at: &dyn Display, found| {
        let held = held.clone();
        fault.report(at, found, move |view, key: &Key| {
            (held.contains(view) == key.is_held).then(|| vec![KEYS[key.key].0.to_owned()])
        });
    };
    with_background(
        &[
            &|stop| {
                stop.repeat_until_set("snapshot", &progress, |round| {
                    report(round, in_snapshot(&storm.views).1);
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
        || run_all_waves(&storm, &crowded, seed, &progress, &fault),
    );
    fault.assert_none(&Ledgers::default());
    Ok(())
}

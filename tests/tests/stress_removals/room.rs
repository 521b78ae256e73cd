//! A view that always has as many keys as it may have rows: each thread removes the row of a key before it records with a
//! new one, so nothing overflows.

use census::{CatalogueError, Count, Measure, View, measure, record, snapshot, tags};
use census_tests::random;
use census_tests::threads::{Stop, on_threads, with_background};
use fastrand::Rng;

use super::keys::KEY;

#[measure(name = "room/work")]
static WORK: Measure<u64>;

const THREADS: u64 = 4;
/// How many keys each thread has at a time.
const KEYS: u64 = 3;
const STEPS: u64 = if cfg!(debug_assertions) { 300 } else { 5_000 };

fn rows(view: &View<Count>) -> (usize, u64) {
    let data = view.data();
    (data.rows.len(), data.overflowed)
}

/// Gives up one key after the other, and takes new ones. If `clears`, all rows are removed at times: then there is more room.
fn live(view: &View<Count>, thread: u64, seed: u64, clears: bool) {
    let mut rng = Rng::with_seed(seed ^ thread);
    let mut keys: Vec<String> = Vec::new();
    for step in 0..STEPS {
        if keys.len() as u64 == KEYS {
            let old = keys.swap_remove(rng.usize(..keys.len()));
            view.remove(&tags!(KEY = old));
        }
        if clears && rng.u8(0..20) == 0 {
            view.clear();
        }
        keys.push(format!("{thread}.{step}"));
        for key in &keys {
            for _ in 0..rng.u8(1..4) {
                record!(WORK = 1, tags(KEY = key.as_str()));
            }
        }
        let (rows, overflowed) = rows(view);
        assert!(
            rows as u64 <= THREADS * KEYS && overflowed == 0,
            "step {step} of thread {thread}: {rows} rows, and {overflowed} measurements overflowed"
        );
    }
}

#[test]
fn nothing_overflows_where_as_many_keys_live_as_there_is_room_for() -> Result<(), CatalogueError> {
    let seed = random::seed();
    let max = usize::try_from(THREADS * KEYS).expect("few");
    let view = View::count("room", &WORK)
        .column(&KEY)
        .max_series(max)
        .register()?;
    let never_more = |stop: &Stop| {
        stop.repeat_until_set("snapshot", &"the storm", |round| {
            let snapshot = snapshot();
            let rows = &snapshot.view("room").expect("it is registered").data.rows;
            assert!(rows.len() <= max, "{round}: {} rows", rows.len());
        });
    };
    with_background(&[&never_more], || {
        on_threads(0..THREADS, |thread| live(&view, thread, seed, false));
    });
    assert_eq!(rows(&view), (max, 0), "all keys that live have a row");
    assert_eq!(view.clear(), max);
    with_background(&[&never_more], || {
        on_threads(THREADS..2 * THREADS, |thread| {
            live(&view, thread, seed, true);
        });
    });
    assert_eq!(rows(&view).1, 0);
    view.clear();
    for key in 0..max {
        record!(WORK = 1, tags(KEY = key));
    }
    assert_eq!(rows(&view), (max, 0));
    record!(WORK = 1, tags(KEY = "one more"));
    assert_eq!(rows(&view), (max + 1, 1), "the view has no more room");
    Ok(())
}

//! A row that is recorded to before each look stays, however short the idle time is. Within an isolation, because no other
//! thread may look.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use census::testing::isolate;
use census::{Data, Measure, TagMap, measure, record, snapshot, tags};
use census_tests::random;
use census_tests::rows::integer;
use census_tests::threads::{Stop, with_background};
use fastrand::Rng;

use super::keys::{KEY, KEYS, Measures, tags_of};
use super::views::{Of, register_all};

#[measure(name = "kept/work")]
static WORK: Measure<u64>;
#[measure(name = "kept/part")]
static PART: Measure<f64>;
#[measure(name = "kept/mark")]
static MARK: Measure<u64>;
#[measure(name = "kept/held")]
static HELD: Measure<i64>;

const IDLE: Duration = Duration::from_millis(1);
const LOOKS: u64 = 200;
const THREADS: u64 = 3;

/// How often each was recorded.
struct Recorded {
    kept: AtomicU64,
    at_times: AtomicU64,
}

/// Records to the row that is kept, and to one that is idle at times.
fn record_until(stop: &Stop, seed: u64, recorded: &Recorded) {
    let mut rng = Rng::with_seed(seed);
    let at_times = HELD.bind(tags_of(1));
    while !stop.is_set() {
        for _ in 0..rng.u32(..50) {
            record!(WORK = KEYS[0].1, PART = 1.0, MARK = 0, tags(KEY = "k00"));
            recorded.kept.fetch_add(1, Ordering::Relaxed);
        }
        if rng.bool() {
            record!(WORK = KEYS[1].1, tags(KEY = "k01"));
            recorded.at_times.fetch_add(1, Ordering::Relaxed);
            drop(at_times.hold(1));
        }
        thread::sleep(Duration::from_micros(rng.u64(..4_000)));
    }
}

#[test]
fn a_row_that_is_recorded_to_before_each_look_loses_nothing() {
    let seed = random::seed();
    let _isolated = isolate();
    let measures = Measures {
        work: &WORK,
        part: &PART,
        mark: &MARK,
        held: &HELD,
    };
    let views = register_all("kept", &measures, Some(IDLE));
    let recorded = Recorded {
        kept: AtomicU64::new(0),
        at_times: AtomicU64::new(0),
    };
    let isolated = TagMap::current();
    let record = |number: u64| {
        let (isolated, recorded) = (&isolated, &recorded);
        move |stop: &Stop| {
            let isolated = isolated.clone();
            isolated.scope(|| record_until(stop, seed ^ number, recorded));
        }
    };
    let threads: Vec<_> = (0..THREADS).map(record).collect();
    let held = tags!(KEY = "k00").scope(|| HELD.hold(1));
    let mut rng = Rng::with_seed(seed);
    let look = |number: u64| {
        record!(WORK = KEYS[0].1, PART = 1.0, MARK = 0, tags(KEY = "k00"));
        let least = recorded.kept.fetch_add(1, Ordering::Relaxed) + 1;
        let snapshot = snapshot();
        for view in &views {
            let name = view.view.name();
            let data = &snapshot.view(name).expect("it is registered").data;
            let row = data.get(&tags_of(0));
            let row = row.unwrap_or_else(|| panic!("look {number}: no row of {name}: {data:?}"));
            match row {
                Data::Count(count) if view.of == Of::Work => {
                    assert!(
                        *count + THREADS >= least,
                        "look {number}: {count} of {least} in {name}"
                    );
                }
                Data::Sum(level) if view.is_level => {
                    assert_eq!(integer(level), 1, "look {number}: {name}");
                }
                _ => {}
            }
        }
    };
    let background: Vec<census_tests::threads::Background<'_>> =
        threads.iter().map(|it| it as _).collect();
    with_background(&background, || {
        for number in 0..LOOKS {
            look(number);
            thread::sleep(Duration::from_micros(rng.u64(..3_000)));
        }
    });
    look(LOOKS);
    drop(held);
    let (kept, at_times) = (recorded.kept.into_inner(), recorded.at_times.into_inner());
    for view in &views {
        let rows = view.view.rows();
        let data = |key: &str| {
            rows.iter()
                .find(|(row, _)| row == key)
                .map(|(_, data)| data)
        };
        let name = view.view.name();
        match data("k00") {
            Some(Data::Count(count)) if view.of == Of::Work => assert_eq!(*count, kept, "{name}"),
            Some(Data::Sum(sum)) if view.of == Of::Work => {
                assert_eq!(integer(sum).cast_unsigned(), kept * KEYS[0].1, "{name}");
            }
            Some(Data::Distribution(data)) => assert_eq!(data.count, kept, "{name}"),
            _ => {}
        }
        if let Some(Data::Count(count)) = data("k01")
            && view.of == Of::Work
        {
            assert!(*count <= at_times, "{name}: {count} of {at_times}");
        }
    }
}

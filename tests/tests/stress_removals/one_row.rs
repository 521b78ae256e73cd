//! One row that goes as often as possible, while threads do nothing but record to it: they meet each step of a removal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use census::{BoundMeasure, CatalogueError, Count, Measure, View, measure, record};
use census_tests::random;
use census_tests::threads::{Stop, with_background};
use fastrand::Rng;

use super::keys::{KEY, KEYS, tags_of};
use super::timeline::{Item, Span, Timeline, nanos, now};

#[measure(name = "one_row/removed")]
static REMOVED: Measure<u64>;
#[measure(name = "one_row/idle")]
static IDLE: Measure<u64>;

const REMOVALS: u64 = 400;
const IDLE_TIME: Duration = Duration::from_micros(300);
const PAUSES: u64 = 400;

/// How a thread records.
#[derive(Clone, Copy, Debug)]
enum Way {
    Literal,
    Text,
    Handle,
}

const WAYS: [Way; 3] = [Way::Literal, Way::Text, Way::Handle];

impl Way {
    fn record(self, measure: &Measure<u64>, bound: &BoundMeasure<u64>) {
        match self {
            Self::Literal => record!(measure = 1, tags(KEY = "k00")),
            Self::Text => record!(measure = 1, tags(KEY = std::hint::black_box(KEYS[0].0))),
            Self::Handle => bound.record(1),
        }
    }
}

/// What one thread has recorded.
#[derive(Default)]
struct Recorded {
    /// How many measurements there were.
    all: AtomicU64,
    /// The newest removal that had ended before the newest measurement, and how many measurements there were since: in the
    /// higher and the lower half.
    since: AtomicU64,
}

impl Recorded {
    fn since(&self, removal: u64) -> u64 {
        // Acquire: pairs with the Release in `record_until`, so the measurements are seen, too.
        let since = self.since.load(Ordering::Acquire);
        if since >> 32 == removal {
            since & u64::from(u32::MAX)
        } else {
            0
        }
    }
}

fn record_until(stop: &Stop, ended: &AtomicU64, recorded: &Recorded, record: impl Fn()) {
    let mut since = (0, 0);
    while !stop.is_set() {
        // Acquire: pairs with the Release in the test, so the removal happens before the measurement.
        let now = ended.load(Ordering::Acquire);
        if now != since.0 {
            since = (now, 0);
        }
        record();
        since.1 += 1;
        recorded.all.fetch_add(1, Ordering::Relaxed);
        recorded
            .since
            .store(since.0 << 32 | since.1, Ordering::Release);
    }
}

fn count(view: &View<Count>) -> u64 {
    view.data().get(&tags_of(0)).copied().unwrap_or_default()
}

#[test]
fn no_measurement_after_a_removal_is_in_the_removed_row() -> Result<(), CatalogueError> {
    let view = View::count("one_row_removed", &REMOVED)
        .column(&KEY)
        .register()?;
    let bound = REMOVED.bind(tags_of(0));
    let ended = AtomicU64::new(0);
    let recorded = WAYS.map(|_| Recorded::default());
    let all = || -> u64 {
        recorded
            .iter()
            .map(|it| it.all.load(Ordering::Relaxed))
            .sum()
    };
    let record = |number: usize| {
        let (bound, ended, recorded) = (&bound, &ended, &recorded[number]);
        let way = WAYS[number];
        move |stop: &Stop| record_until(stop, ended, recorded, || way.record(&REMOVED, bound))
    };
    with_background(&[&record(0), &record(1), &record(2)], || {
        for number in 1..=REMOVALS {
            let before = all();
            if number % 3 == 0 {
                view.clear();
            } else {
                view.remove(&tags_of(0));
            }
            ended.store(number, Ordering::Release);
            // Some thread records again; the others may not run.
            let since = || -> Vec<u64> { recorded.iter().map(|it| it.since(number)).collect() };
            while since().iter().max() < Some(&10) {
                thread::yield_now();
            }
            let least = since();
            let actual = count(&view);
            // One measurement of each thread may not be noted yet.
            let most = all() - before + WAYS.len() as u64;
            let at_least: u64 = least.iter().sum();
            assert!(
                (at_least..=most).contains(&actual),
                "removal {number}: {actual} and not {at_least} to {most}; {WAYS:?} recorded {least:?} since"
            );
        }
    });
    Ok(())
}

#[test]
fn no_measurement_after_a_pause_is_in_an_idle_row() -> Result<(), CatalogueError> {
    let mut rng = Rng::with_seed(random::seed());
    let view = View::count("one_row_idle", &IDLE)
        .column(&KEY)
        .idle(IDLE_TIME);
    let view = view.register()?;
    let bound = IDLE.bind(tags_of(0));
    let seed = rng.u64(..);
    let look = |stop: &Stop| {
        let mut rng = Rng::with_seed(seed);
        stop.repeat_until_set("look", &"the pauses", |_| {
            let _ = view.data();
            // A row goes in two looks or, if they are rare, in one.
            if rng.bool() {
                thread::sleep(IDLE_TIME.mul_f64(rng.f64()));
            }
        });
    };
    with_background(&[&look], || {
        // The amount in the row when the test last looked, as one measurement.
        let mut before: Option<Item> = None;
        for pause in 0..PAUSES {
            let since = before.map_or_else(now, |before| before.begin.begin);
            let until = now() + rng.u64(nanos(IDLE_TIME) * 3 / 4..nanos(IDLE_TIME) * 3 / 2);
            while now() < until {
                std::hint::spin_loop();
            }
            let way = WAYS[rng.usize(..WAYS.len())];
            let measured = (0..3).map(|_| {
                let (begin, ()) = Span::of(|| way.record(&IDLE, &bound));
                Item {
                    begin,
                    end: None,
                    is_held: false,
                    amount: 1,
                }
            });
            let items: Vec<Item> = before.into_iter().chain(measured).collect();
            let (read, actual) = Span::of(|| count(&view).cast_signed());
            let timeline = Timeline {
                items: &items,
                removals: &[],
                idle: nanos(IDLE_TIME),
                since,
                until: read.end,
            };
            let possible = timeline.possible();
            assert!(
                possible.iter().any(|range| range.contains(&actual)),
                "after pause {pause} ({way:?}): {actual} and not one of {possible:?}"
            );
            before = items.last().map(|last| Item {
                amount: actual,
                ..*last
            });
        }
    });
    Ok(())
}

//! Removals of rows, and how many of them each row knows.

use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use census_tests::threads::Stop;
use fastrand::Rng;

use super::keys::{KEYS, tags_of};
use super::views::Going;

/// For each view, a number for each key.
pub(super) type Numbers = Vec<[u64; KEYS.len()]>;

/// How many removals there were of each row.
///
/// A thread reads how many have ended before its measurement, and how many have begun after it. In the end, when there
/// were `n`, the measurement is in the row if `n` had ended; if fewer than `n` had begun, it has gone with a row; otherwise
/// it overlaps the last removals, and may be either.
pub(super) struct Removals {
    /// For each view.
    counts: Vec<[Counts; KEYS.len()]>,
    rows: Vec<RemovedRows>,
}

#[derive(Default)]
struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// How many rows of a view were removed, as the library has said.
#[derive(Default)]
struct RemovedRows {
    removed: AtomicU64,
    cleared: AtomicU64,
}

/// What to remove of the view with this number: one row, or all.
#[derive(Clone, Copy)]
pub(super) struct Removal {
    view: usize,
    key: Option<usize>,
}

impl Removals {
    pub(super) fn of(views: &[Going]) -> Self {
        Self {
            counts: views.iter().map(|_| Default::default()).collect(),
            rows: views.iter().map(|_| RemovedRows::default()).collect(),
        }
    }

    /// Removes rows.
    pub(super) fn remove(&self, views: &[Going], removal: Removal) {
        let Removal { view, key } = removal;
        let counts = &self.counts[view];
        let counts = key.map_or(&counts[..], |key| &counts[key..=key]);
        // Relaxed: a thread that finds something of the removal, such as a new row, has taken a lock after this.
        for count in counts {
            count.begun.fetch_add(1, Ordering::Relaxed);
        }
        let (rows, view) = (&self.rows[view], views[view].view);
        if let Some(key) = key {
            let removed = u64::from(view.remove(&tags_of(key)));
            rows.removed.fetch_add(removed, Ordering::Relaxed);
        } else {
            rows.cleared
                .fetch_add(view.clear() as u64, Ordering::Relaxed);
        }
        // Release: pairs with the Acquire in `ended`, so the removal happens before what begins then.
        for count in counts {
            count.ended.fetch_add(1, Ordering::Release);
        }
    }

    /// How many removals have begun.
    pub(super) fn begun(&self) -> Numbers {
        self.numbers(|counts| counts.begun.load(Ordering::Relaxed))
    }

    /// How many removals have ended.
    pub(super) fn ended(&self) -> Numbers {
        self.numbers(|counts| counts.ended.load(Ordering::Acquire))
    }

    fn numbers(&self, number: impl Fn(&Counts) -> u64) -> Numbers {
        let of_view =
            |counts: &[Counts; KEYS.len()]| std::array::from_fn(|key| number(&counts[key]));
        self.counts.iter().map(of_view).collect()
    }

    /// How many removals of one key have begun, for each view.
    pub(super) fn begun_of(&self, key: usize) -> Vec<u64> {
        let counts = self.counts.iter();
        counts
            .map(|it| it[key].begun.load(Ordering::Relaxed))
            .collect()
    }

    /// How many removals of one key have ended, for each view.
    pub(super) fn ended_of(&self, key: usize) -> Vec<u64> {
        let counts = self.counts.iter();
        counts
            .map(|it| it[key].ended.load(Ordering::Acquire))
            .collect()
    }

    /// The lines of an exposition that say how many rows of a view were removed, if some were.
    pub(super) fn lines(&self, views: &[Going]) -> Vec<String> {
        let lines = views.iter().zip(&self.rows).flat_map(|(view, rows)| {
            let reasons = [("removed", &rows.removed), ("cleared", &rows.cleared)];
            reasons.map(|(reason, count)| {
                let (name, count) = (view.view.name(), count.load(Ordering::Relaxed));
                (count > 0).then(|| {
                    format!(
                        "census_removed_rows_total{{view=\"{name}\",reason=\"{reason}\"}} {count}"
                    )
                })
            })
        });
        lines.flatten().collect()
    }
}

/// The keys that are used most in a wave: a removal that few measurements overlap proves little.
pub(super) struct Hot(Vec<usize>);

impl Hot {
    /// Two keys or, in half of the waves, none: then the rows are in more chunks.
    pub(super) fn random(rng: &mut Rng) -> Self {
        let count = if rng.bool() { 2 } else { 0 };
        Self((0..count).map(|_| rng.usize(..KEYS.len())).collect())
    }

    /// A key, mostly a hot one.
    pub(super) fn key(&self, rng: &mut Rng) -> usize {
        let other = rng.usize(..KEYS.len());
        self.0.get(rng.usize(..3)).copied().unwrap_or(other)
    }
}

/// What is removed while the threads of a wave record: each removal after so many steps of all threads.
pub(super) struct Plan(Vec<(u64, Removal)>);

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().filter(|(_, removal)| removal.key.is_some());
        let rows = rows.count();
        write!(
            f,
            "{rows} removals of a row, and {} of all rows",
            self.0.len() - rows
        )
    }
}

impl Plan {
    /// A plan for a wave with so many steps, in which the threads mostly record with the hot keys.
    pub(super) fn random(rng: &mut Rng, views: usize, steps: u64, hot: &Hot) -> Self {
        let (removals, clears) = match rng.u8(0..10) {
            // A quiet wave.
            0 => (0, 0),
            // Few removals, so that what follows one of them is known exactly.
            1..=2 => (1 + rng.usize(..3), 0),
            3 => (0, 1),
            4..=5 => (rng.usize(..8), 1 + rng.usize(..3)),
            _ => (rng.usize(..100), 10 + rng.usize(..30)),
        };
        let mut plan = Vec::new();
        for number in 0..removals + clears {
            let view = rng.usize(..views);
            let key = (number < removals).then(|| hot.key(rng));
            plan.push((rng.u64(..steps), Removal { view, key }));
        }
        plan.sort_by_key(|(after, _)| *after);
        Self(plan)
    }

    /// Removes, until the wave has ended. Several threads may do so, each a part.
    pub(super) fn run(
        &self,
        part: usize,
        parts: usize,
        steps: &AtomicU64,
        stop: &Stop,
        remove: impl Fn(Removal),
    ) {
        for (after, removal) in self.0.iter().skip(part).step_by(parts) {
            while steps.load(Ordering::Relaxed) < *after {
                if stop.is_set() {
                    return;
                }
                thread::yield_now();
            }
            remove(*removal);
        }
    }
}

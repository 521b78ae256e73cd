//! A run that has not begun.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::by_measure::ByMeasure;
use super::failures::Reason;
use super::measure_key::MeasureKey;
use super::observation::{Entry, Outcome};
use super::order::rank;
use super::run::{Progress, Run, Slot, Undone};

/// A run that has not begun.
#[derive(Debug)]
pub(super) struct NextRun {
    /// By which its collections find it when it has begun.
    pub(super) ticket: u64,
    /// All measures of `collections`.
    pub(super) measures: BTreeSet<MeasureKey>,
    /// The measures that each of its collections wants, also of those that have left.
    collections: Vec<BTreeSet<MeasureKey>>,
    pub(super) waiters: usize,
}

/// What readings that did not return before a run mean for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd {
    /// Whether they are many.
    pub(super) is_crowded: bool,
    /// Whether readings that the last run did not finish are not read, either.
    pub(super) holds_back: bool,
}

impl NextRun {
    pub(super) fn new(ticket: u64) -> Self {
        Self {
            ticket,
            measures: BTreeSet::new(),
            collections: Vec::new(),
            waiters: 0,
        }
    }

    /// Adds a collection that wants these measures.
    pub(super) fn join(&mut self, measures: &BTreeSet<MeasureKey>) {
        self.measures.extend(measures.iter().cloned());
        self.collections.push(measures.clone());
        self.waiters += 1;
    }

    /// Begins it, with a slot for each of these observations.
    pub(super) fn begin(
        self,
        number: u64,
        entries: Vec<Arc<Entry>>,
        crowd: Crowd,
        now: Instant,
    ) -> Run {
        let mut undone: ByMeasure<Undone> = ByMeasure::new(&self.measures);
        let mut left = vec![0; self.collections.len()];
        for (collection, measures) in self.collections.iter().enumerate() {
            for measure in measures {
                if let Some(undone) = undone.get_mut(measure) {
                    undone.collections.push(collection);
                }
            }
        }
        let mut slots: Vec<Slot> = (0..)
            .zip(entries)
            .map(|(index, entry)| Slot::new(entry, index, number, crowd))
            .collect();
        skip_the_rest(&mut slots, &undone);
        let mut waiting = Vec::new();
        for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.waits()) {
            waiting.push(index);
            for measure in slot.entry.measures.iter() {
                if let Some(undone) = undone.get_mut(measure) {
                    undone.slots += 1;
                }
            }
        }
        waiting.sort_by_key(|index| slots.get(*index).map(|slot| slot.rank));
        for undone in undone.values().filter(|it| it.slots > 0) {
            for collection in &undone.collections {
                if let Some(left) = left.get_mut(*collection) {
                    *left += 1;
                }
            }
        }
        Run {
            number,
            ticket: self.ticket,
            begun: now,
            taken: now,
            undone,
            left,
            slots,
            waiting: waiting.into(),
            waiters: self.waiters,
            lacks_thread: false,
        }
    }
}

/// Skips the slots that wait, and all of whose measures have failed.
fn skip_the_rest(slots: &mut [Slot], wanted: &ByMeasure<Undone>) {
    let failed = slots.iter().filter(|slot| !slot.waits());
    let failed: BTreeSet<MeasureKey> = failed.flat_map(|it| it.entry.measures.to_vec()).collect();
    if failed.is_empty() {
        return;
    }
    for slot in slots.iter_mut().filter(|slot| slot.waits()) {
        let mut named = slot.entry.measures.iter();
        if named.all(|it| failed.contains(it) || !wanted.contains(it)) {
            slot.progress = Progress::Skipped;
        }
    }
}

impl Slot {
    fn new(entry: Arc<Entry>, index: u64, run: u64, crowd: Crowd) -> Self {
        let history = entry.history();
        let is_held_back = history.is_unfinished && crowd.holds_back;
        let progress = if entry.is_busy() || is_held_back {
            Progress::Done(Outcome::Failed(Reason::Deadline))
        } else {
            Progress::Waiting
        };
        Self {
            entry,
            progress,
            rank: rank(history, index, run, crowd.is_crowded),
            is_counted: false,
        }
    }

    fn waits(&self) -> bool {
        matches!(self.progress, Progress::Waiting)
    }
}

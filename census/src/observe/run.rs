//! One run of readings: a slot for each observation, and what its collections still wait for.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::by_measure::ByMeasure;
use super::failures::{Failures, Reason};
use super::measure_key::MeasureKey;
use super::observation::{Entry, Outcome};
use super::order::{Rank, scattered};
use super::taken::Taken;

/// A run: each observation of its measures is read once.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) number: u64,
    /// That of the [`NextRun`] it was.
    pub(super) ticket: u64,
    pub(super) begun: Instant,
    /// When the last slot was taken; before that, when the run began.
    pub(super) taken: Instant,
    /// What is not done of each measure that its collections want.
    pub(super) undone: ByMeasure<Undone>,
    /// How many measures are not done, for each collection.
    pub(super) left: Vec<usize>,
    /// In the order in which the observations were registered.
    pub(super) slots: Vec<Slot>,
    /// The slots that no thread has taken, in the order in which they are to be read.
    pub(super) waiting: VecDeque<usize>,
    /// How many collections have not left.
    pub(super) waiters: usize,
    /// Whether the system did not start a thread that was needed.
    pub(super) lacks_thread: bool,
}

/// What is not done of a measure.
#[derive(Debug, Default)]
pub(super) struct Undone {
    pub(super) slots: usize,
    /// The collections that want the measure.
    pub(super) collections: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) entry: Arc<Entry>,
    pub(super) progress: Progress,
    /// Lesser ones are read before.
    pub(super) rank: Rank,
    /// Whether its failure was counted.
    pub(super) is_counted: bool,
}

#[derive(Debug)]
pub(super) enum Progress {
    Waiting,
    Reading,
    Done(Outcome),
    /// It is not read, because its measures have failed already: what it says would be thrown away.
    Skipped,
}

impl Run {
    /// Takes the next slot, which is to be read.
    pub(super) fn take(&mut self, now: Instant) -> Option<(usize, Arc<Entry>)> {
        let index = self.waiting.pop_front()?;
        let slot = self.slots.get_mut(index)?;
        slot.progress = Progress::Reading;
        slot.entry.begin(self.number);
        self.taken = now;
        Some((index, Arc::clone(&slot.entry)))
    }

    /// Whether there are slots that no thread has taken.
    pub(super) fn has_work(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether the last run finished none of the slots that no thread has taken.
    pub(super) fn has_unfinished_only(&self) -> bool {
        let mut waiting = self.waiting.iter().filter_map(|it| self.slots.get(*it));
        waiting.all(|slot| slot.entry.history().is_unfinished)
    }

    /// Changes the order of the slots that no thread has taken, because a reading is late. What is of its measures comes
    /// last: it may wait for the same lock, and the measures have most likely failed. The rest is scattered.
    pub(super) fn scatter(&mut self) {
        let late = self.slots.iter();
        let late = late.filter(|slot| matches!(slot.progress, Progress::Reading));
        let late = late.flat_map(|it| it.entry.measures.iter());
        let late: BTreeSet<MeasureKey> = late.cloned().collect();
        let (slots, number) = (&self.slots, self.number);
        let key = |index: &usize| {
            let slot = slots.get(*index)?;
            let is_late = slot.entry.measures.iter().all(|it| late.contains(it));
            let (flags, begun_in, _) = slot.rank;
            Some((is_late, flags, begun_in, scattered(*index as u64, number)))
        };
        self.waiting.make_contiguous().sort_by_cached_key(key);
    }

    /// Stores the outcome of a reading. Returns whether a collection has all its readings now. Only then is it worth a wake-up: with
    /// a thousand observations, a collection that was woken after each of them took twice as long.
    pub(super) fn finish(&mut self, slot: usize, outcome: Outcome) -> bool {
        if let Some(slot) = self.slots.get(slot) {
            slot.entry
                .change_history(|history| history.is_unfinished = false);
        }
        self.done(slot, outcome)
    }

    fn done(&mut self, slot: usize, outcome: Outcome) -> bool {
        let Some(slot) = self.slots.get_mut(slot) else {
            return false;
        };
        slot.progress = Progress::Done(outcome);
        let mut has_all = false;
        for measure in slot.entry.measures.iter() {
            let Some(undone) = self.undone.get_mut(measure) else {
                continue;
            };
            undone.slots -= 1;
            if undone.slots > 0 {
                continue;
            }
            for collection in &undone.collections {
                if let Some(left) = self.left.get_mut(*collection) {
                    *left -= 1;
                    has_all |= *left == 0;
                }
            }
        }
        has_all
    }

    /// Lets all slots fail that no thread has taken.
    pub(super) fn fail_waiting(&mut self, reason: Reason) {
        while let Some(index) = self.waiting.pop_front() {
            self.done(index, Outcome::Failed(reason));
        }
    }

    /// Whether all slots are done that name one of these measures.
    pub(super) fn is_done(&self, measures: &BTreeSet<MeasureKey>) -> bool {
        let mut undone = measures.iter().filter_map(|it| self.undone.get(it));
        undone.all(|undone| undone.slots == 0)
    }

    /// What a collection takes that wants these measures. Slots that are not done have failed for it.
    pub(super) fn take_out(
        &mut self,
        measures: &BTreeSet<MeasureKey>,
        failures: &Failures,
    ) -> Taken {
        let late = if self.lacks_thread {
            Reason::NoThread
        } else {
            Reason::Deadline
        };
        let mut outcomes = Vec::new();
        for slot in &mut self.slots {
            if !slot.entry.names_any(measures) {
                continue;
            }
            let outcome = match &slot.progress {
                Progress::Done(outcome) => outcome.clone(),
                Progress::Waiting => Outcome::Failed(late),
                Progress::Reading | Progress::Skipped => Outcome::Failed(Reason::Deadline),
            };
            if let Outcome::Failed(reason) = outcome
                && !slot.is_counted
                && !matches!(slot.progress, Progress::Skipped)
            {
                slot.is_counted = true;
                let named: BTreeSet<MeasureKey> = slot.entry.measures.iter().cloned().collect();
                let wanted = named.iter().filter(|it| self.undone.contains(it));
                wanted.for_each(|it| failures.count(it.name(), reason));
            }
            outcomes.push((Arc::clone(&slot.entry), outcome));
        }
        Taken::new(self.number, measures, outcomes)
    }

    /// Remembers which readings the run did not finish. All collections have left it.
    pub(super) fn end(self) {
        for slot in self.slots {
            let is_reading = match slot.progress {
                Progress::Done(Outcome::Failed(Reason::Deadline | Reason::NoThread))
                | Progress::Waiting => false,
                Progress::Reading => true,
                Progress::Done(_) | Progress::Skipped => continue,
            };
            slot.entry.change_history(|history| {
                history.is_unfinished = true;
                history.was_late |= is_reading;
            });
        }
    }
}

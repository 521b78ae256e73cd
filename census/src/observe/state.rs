//! The state of a flight: the run under way, the run to come, and the threads that read. `flight.rs` has the protocol.
//! Nothing here waits, or calls code of a user.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::failures::{Failures, Reason};
use super::measure_key::MeasureKey;
use super::observation::{Entry, Outcome};
use super::taken::Taken;

/// With so many readings that do not return, those that the last run did not finish, either, are held back: see
/// [`Run::fail_unfinished`].
const CROWD: usize = 4;

/// How long readings are held back before one of them is tried.
const HOLD_BACK: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct State {
    /// The run under way.
    pub(super) run: Option<Run>,
    /// The run that collections join.
    pub(super) next: Option<NextRun>,
    /// How many runs have begun: the number of the last one.
    pub(super) begun: u64,
    /// The newest thread that reads. Only it takes further readings.
    pub(super) reader: Option<Reader>,
    /// How many threads that read were started.
    pub(super) readers: u64,
    /// How many older threads have not come back from their readings.
    pub(super) stuck: usize,
    /// Until when readings are held back, while there is a crowd.
    held_back_until: Option<Instant>,
}

/// A run that has not begun.
#[derive(Debug, Default)]
pub(super) struct NextRun {
    /// The measures that its collections want.
    pub(super) measures: BTreeSet<MeasureKey>,
    /// The measures that each of its collections wants, also of those that have left.
    collections: Vec<BTreeSet<MeasureKey>>,
    pub(super) waiters: usize,
}

/// A thread that reads.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) id: u64,
    /// Since when it has been in one reading.
    pub(super) reading_since: Option<Instant>,
}

/// A run: each observation of its measures is read once.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) number: u64,
    pub(super) begun: Instant,
    /// What is not done of each measure that its collections want.
    undone: BTreeMap<MeasureKey, Undone>,
    /// How many measures are not done, for each collection.
    left: Vec<usize>,
    /// In the order in which the observations were registered.
    slots: Vec<Slot>,
    /// The slots that no thread has taken, in the order in which they are to be read.
    pub(super) waiting: VecDeque<usize>,
    /// How many collections have not left.
    pub(super) waiters: usize,
    /// Whether the system did not start a thread that was needed.
    pub(super) lacks_thread: bool,
}

/// What is not done of a measure.
#[derive(Debug, Default)]
struct Undone {
    slots: usize,
    /// The collections that want the measure.
    collections: Vec<usize>,
}

#[derive(Debug)]
struct Slot {
    entry: Arc<Entry>,
    progress: Progress,
    /// Whether its failure was counted.
    is_counted: bool,
}

#[derive(Debug)]
enum Progress {
    Waiting,
    Reading,
    Done(Outcome),
}

impl State {
    /// Begins a run with a slot for each of these observations.
    pub(super) fn begin(&mut self, next: NextRun, entries: Vec<Arc<Entry>>, now: Instant) {
        self.begun += 1;
        let is_crowded = self.stuck >= CROWD;
        let holds_back = is_crowded && self.held_back_until.is_some_and(|until| now < until);
        let mut undone: BTreeMap<MeasureKey, Undone> = BTreeMap::new();
        let mut left = vec![0; next.collections.len()];
        for (collection, measures) in next.collections.into_iter().enumerate() {
            for measure in measures {
                let undone = undone.entry(measure).or_default();
                undone.collections.push(collection);
            }
        }
        let mut slots = Vec::new();
        let mut waiting = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let history = entry.history();
            let progress = if entry.is_busy() || history.is_unfinished && holds_back {
                Progress::Done(Outcome::Failed(Reason::Deadline))
            } else {
                // Those that the deadline left no time for come first, so that each has its turn. In a crowd they come
                // last: most of them would not return.
                let rank = if is_crowded {
                    [history.is_unfinished, history.was_late]
                } else {
                    [history.was_late, !history.is_unfinished]
                };
                let begun_in = history.is_unfinished.then_some(history.begun_in);
                waiting.push((rank, begun_in, index));
                for measure in entry.measures.iter() {
                    if let Some(undone) = undone.get_mut(measure) {
                        undone.slots += 1;
                    }
                }
                Progress::Waiting
            };
            slots.push(Slot {
                entry,
                progress,
                is_counted: false,
            });
        }
        waiting.sort_unstable();
        for undone in undone.values().filter(|it| it.slots > 0) {
            for collection in &undone.collections {
                if let Some(left) = left.get_mut(*collection) {
                    *left += 1;
                }
            }
        }
        self.run = Some(Run {
            number: self.begun,
            begun: now,
            undone,
            left,
            slots,
            waiting: waiting.into_iter().map(|(.., index)| index).collect(),
            waiters: next.waiters,
            lacks_thread: false,
        });
    }

    /// Leaves the run that has not begun.
    pub(super) fn leave_next(&mut self) {
        if let Some(next) = &mut self.next {
            next.waiters -= 1;
        }
        self.next.take_if(|next| next.waiters == 0);
    }

    /// Whether another stuck reading would make a crowd, and the run has nothing but unfinished readings left.
    pub(super) fn should_hold_back(&self) -> bool {
        let is_unfinished = |run: &Run| {
            let mut waiting = run.waiting.iter();
            waiting.all(|index| {
                let slot = run.slots.get(*index);
                slot.is_none_or(|slot| slot.entry.history().is_unfinished)
            })
        };
        self.stuck + 1 >= CROWD && self.run.as_ref().is_some_and(is_unfinished)
    }

    /// Holds the rest of the run back: it fails at once.
    pub(super) fn hold_back(&mut self, now: Instant) {
        self.held_back_until = now.checked_add(HOLD_BACK);
        if let Some(run) = &mut self.run {
            run.fail_waiting(Reason::Deadline);
        }
    }

    /// The run of this number, if it is under way.
    pub(super) fn run(&mut self, number: u64) -> Option<&mut Run> {
        self.run.as_mut().filter(|run| run.number == number)
    }
}

impl NextRun {
    /// Adds a collection that wants these measures.
    pub(super) fn join(&mut self, measures: &BTreeSet<MeasureKey>) {
        self.measures.extend(measures.iter().cloned());
        self.collections.push(measures.clone());
        self.waiters += 1;
    }
}

impl Run {
    /// Takes the next slot, which is to be read.
    pub(super) fn take(&mut self) -> Option<(usize, Arc<Entry>)> {
        let index = self.waiting.pop_front()?;
        let slot = self.slots.get_mut(index)?;
        slot.progress = Progress::Reading;
        slot.entry.begin(self.number);
        Some((index, Arc::clone(&slot.entry)))
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
                Progress::Reading => Outcome::Failed(Reason::Deadline),
            };
            if let Outcome::Failed(reason) = outcome
                && !slot.is_counted
            {
                slot.is_counted = true;
                let named: BTreeSet<&MeasureKey> = slot.entry.measures.iter().collect();
                let wanted = named.iter().filter(|it| self.undone.contains_key(**it));
                wanted.for_each(|it| failures.count(it.name(), reason));
            }
            outcomes.push((Arc::clone(&slot.entry), outcome));
        }
        Taken::new(self.number, outcomes)
    }

    /// Remembers which readings the run did not finish. All collections have left it.
    pub(super) fn end(self) {
        for slot in self.slots {
            let is_reading = match slot.progress {
                Progress::Done(Outcome::Failed(Reason::Deadline | Reason::NoThread))
                | Progress::Waiting => false,
                Progress::Reading => true,
                Progress::Done(_) => continue,
            };
            slot.entry.change_history(|history| {
                history.is_unfinished = true;
                history.was_late |= is_reading;
            });
        }
    }
}

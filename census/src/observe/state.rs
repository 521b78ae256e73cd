//! The state of a flight: the runs under way, the run to come, and the threads that read. `flight.rs` has the protocol.
//! Nothing here waits, or calls code of a user.

use std::collections::BTreeSet;
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::failures::Reason;
use super::measure_key::MeasureKey;
use super::next_run::{Crowd, NextRun};
use super::observation::Entry;
use super::run::Run;

/// With so many readings that do not return, those that the last run did not finish, either, are held back: see
/// [`State::should_hold_back`].
const CROWD: usize = 4;

/// How long readings are held back before one of them is tried.
const HOLD_BACK: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct State {
    /// The newest run under way. Readers take its slots.
    pub(super) run: Option<Run>,
    /// Older runs. No slot of theirs waits to be taken, and a collection waits for readings that do not return.
    overtaken: Vec<Run>,
    /// The run that collections join.
    pub(super) next: Option<NextRun>,
    /// The ticket of the last [`NextRun`].
    tickets: u64,
    /// How many runs have begun: the number of the last one.
    pub(super) begun: u64,
    /// The newest thread that reads. Only it takes further readings.
    pub(super) reader: Option<Reader>,
    /// How many threads that read were started.
    pub(super) readers: u64,
    /// How many older threads have not come back from their readings.
    pub(super) stuck: usize,
    /// Whether there will be no further run.
    pub(super) is_closed: bool,
    /// Until when readings are held back, while there is a crowd.
    held_back_until: Option<Instant>,
    /// How long readings are held back before one of them is tried.
    pub(super) hold_back_for: Duration,
    /// The process in which all this is.
    pub(super) process: u32,
}

/// A thread that reads.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) id: u64,
    /// Since when it has been in one reading.
    pub(super) reading_since: Option<Instant>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            run: None,
            overtaken: Vec::new(),
            next: None,
            tickets: 0,
            begun: 0,
            reader: None,
            readers: 0,
            stuck: 0,
            is_closed: false,
            held_back_until: None,
            hold_back_for: HOLD_BACK,
            process: process::id(),
        }
    }
}

impl State {
    /// In a process that was forked, forgets the threads and collections of the process that it was forked from. Readings
    /// that were under way there do not return here.
    pub(super) fn forget_other_process(&mut self) {
        if self.process != process::id() {
            *self = Self {
                tickets: self.tickets,
                begun: self.begun,
                readers: self.readers,
                ..Self::default()
            };
        }
    }

    /// Adds a collection to the run to come. Returns the ticket of that run.
    pub(super) fn join(&mut self, measures: &BTreeSet<MeasureKey>) -> u64 {
        let ticket = self.tickets + 1;
        let next = self.next.get_or_insert_with(|| NextRun::new(ticket));
        next.join(measures);
        self.tickets = next.ticket;
        next.ticket
    }

    /// Leaves the run that has not begun.
    pub(super) fn leave_next(&mut self) {
        if let Some(next) = &mut self.next {
            next.waiters -= 1;
        }
        self.next.take_if(|next| next.waiters == 0);
    }

    /// A run to come for this collection only, which leaves the one that it had joined.
    pub(super) fn step_out(&mut self, measures: &BTreeSet<MeasureKey>) -> NextRun {
        self.leave_next();
        self.tickets += 1;
        let mut own = NextRun::new(self.tickets);
        own.join(measures);
        own
    }

    /// Begins a run with a slot for each of these observations.
    pub(super) fn begin(&mut self, next: NextRun, entries: Vec<Arc<Entry>>, now: Instant) {
        self.begun += 1;
        let is_crowded = self.stuck >= CROWD;
        let crowd = Crowd {
            is_crowded,
            holds_back: is_crowded && self.held_back_until.is_some_and(|until| now < until),
        };
        let run = next.begin(self.begun, entries, crowd, now);
        self.overtaken.extend(self.run.replace(run));
    }

    /// Whether a run is under way.
    pub(super) fn has_run(&self) -> bool {
        self.run.is_some() || !self.overtaken.is_empty()
    }

    /// When a collection with this deadline may begin a run beside those under way: when every reading under way has
    /// taken longer than the deadline. `None` as long as there are slots to be taken.
    pub(super) fn overtakes_at(&self, deadline: Duration) -> Option<Instant> {
        let mut runs = self.run.iter().chain(&self.overtaken);
        if runs.clone().any(Run::has_work) {
            return None;
        }
        let taken = runs.next()?.taken;
        let taken = runs.fold(taken, |last, run| last.max(run.taken));
        taken.checked_add(deadline)
    }

    /// The run of this number, if it is under way.
    pub(super) fn run(&mut self, number: u64) -> Option<&mut Run> {
        self.find(|run| run.number == number)
    }

    /// The number of the run of this ticket, if it is under way.
    pub(super) fn number(&mut self, ticket: u64) -> Option<u64> {
        self.find(|run| run.ticket == ticket).map(|run| run.number)
    }

    fn find(&mut self, is_it: impl Fn(&Run) -> bool) -> Option<&mut Run> {
        let mut runs = self.run.iter_mut().chain(&mut self.overtaken);
        runs.find(|run| is_it(run))
    }

    /// Ends the runs that all collections have left.
    pub(super) fn end_runs(&mut self) {
        let is_over = |run: &mut Run| run.waiters == 0;
        let over = self.run.take_if(is_over).into_iter();
        over.chain(self.overtaken.extract_if(.., is_over))
            .for_each(Run::end);
    }

    /// Whether another stuck reading would make a crowd, and the run has nothing but unfinished readings left.
    pub(super) fn should_hold_back(&self) -> bool {
        self.stuck + 1 >= CROWD && self.run.as_ref().is_some_and(Run::has_unfinished_only)
    }

    /// Whether one of the readings that are held back may be tried now. The next one may be tried some time later.
    pub(super) fn may_try(&mut self, now: Instant) -> bool {
        if self.held_back_until.is_some_and(|until| now < until) {
            return false;
        }
        self.held_back_until = now.checked_add(self.hold_back_for);
        true
    }

    /// Holds the rest of the run back: it fails at once.
    pub(super) fn hold_back(&mut self) {
        if let Some(run) = &mut self.run {
            run.fail_waiting(Reason::Deadline);
        }
    }
}

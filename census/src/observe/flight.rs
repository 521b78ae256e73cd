//! The flight: collections share runs of readings, and threads of the library's own read.
//!
//! # Protocol
//! A collection that wants measures with observations joins a run. If none is under way, a run begins at once.
//! Otherwise the collection joins the next run, and waits until the run under way is over. A run has a slot for each
//! observation that names a measure that one of its collections wants. It is over when all its collections have left. A
//! collection leaves when the slots that it wants are done, or when its own deadline is over, which counts from the
//! beginning of the run.
//!
//! Collections may have different deadlines. One that waits for the next run, while the run under way waits for nothing
//! but readings that have taken longer than this one's deadline, begins a run of its own beside it
//! ([`State::overtakes_at`]). So what is late costs it nothing else. If its run has not begun within twice its deadline, a
//! collection leaves without values.
//!
//! The newest reader, a thread, takes one slot after the other (`readers.rs`). First come the observations whose
//! last readings were in time. A collection that waits also watches: if the newest reader has been in one reading for
//! longer than an eighth of the collection's deadline, the collection starts another reader, which goes on with the rest:
//! first with other measures, and not with the neighbors ([`Run::scatter`]).
//!
//! An observation whose reading has not returned since an earlier run is not read again; its slot has failed at once.
//! Nor is one whose measures have all failed. With many readings that do not return ([`State::should_hold_back`]),
//! observations that no run has finished lately are tried one at a time, and rarely. So a hundred readings that wait for
//! one lock cost neither a deadline for each scrape nor a hundred threads.
//!
//! # Invariants
//! 1. A value is never older than the call that has it: no collection joins a run that has begun.
//! 2. At most one reader more than stuck readings: a further reader is started only in the place of one that is in a
//!    reading.
//! 3. One observation's closure runs on one thread at a time: `Entry::begin` marks it under the lock of the state, and
//!    no slot waits for a marked one. Only the newest run has slots that wait: a run is overtaken without any.
//! 4. No wake-up is lost. Whatever a thread waits for changes under the lock of the state, before its condition is
//!    notified; and a collection that waits for time to pass looks again then.
//! 5. No lock is held while code of a user runs: readers call [`Entry::read`] and drop closures without one. The locks
//!    are taken in the order state, list of observations, entry.
//!
//! A process that is forked has the state, and none of the threads. Its first collection forgets them
//! ([`State::forget_other_process`]). What was being read then stays late there.
//!
//! [`Entry::read`]: super::observation::Entry::read
//! [`Run::scatter`]: super::run::Run::scatter

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(any(feature = "prometheus", test))]
use super::failures::Failures;
use super::failures::Reason;
use super::measure_key::MeasureKey;
use super::next_run::NextRun;
use super::observation::{Closure, Observation, Outcome};
use super::readers::{self, Readers, Start, is_reading};
use super::registry::Observations;
use super::state::State;
use super::taken::Taken;
use crate::declare::{Handle, MeasureCell};
use crate::sync::{Condvar, MutexGuard};

/// The shortest time after which a reading counts as late.
const SHORTEST_STALL: Duration = Duration::from_millis(1);

/// The observations, and their readings.
pub(super) struct Flight {
    observations: Arc<Observations>,
    readers: Arc<Readers>,
    /// Notified when the next run has begun.
    begun: Condvar,
}

impl Drop for Flight {
    /// Those of an isolation end with it.
    fn drop(&mut self) {
        self.readers.close();
    }
}

impl Flight {
    pub(super) fn new(observations: Arc<Observations>) -> Self {
        Self::with_threads(observations, readers::start)
    }

    fn with_threads(observations: Arc<Observations>, start: Start) -> Self {
        Self {
            observations,
            readers: Arc::new(Readers::new(start)),
            begun: Condvar::default(),
        }
    }

    #[cfg(any(feature = "prometheus", test))]
    pub(super) fn failures(&self) -> &Failures {
        &self.readers.failures
    }

    pub(super) fn observe(
        &self,
        measures: &[Handle<MeasureCell>],
        closure: Closure,
    ) -> Observation {
        self.observations.observe(measures, closure)
    }

    /// Reads these measures, or waits for the next run, and then for the deadline at most.
    pub(super) fn read(&self, measures: &BTreeSet<MeasureKey>, deadline: Duration) -> Taken {
        if is_reading() {
            for measure in measures {
                self.readers.failures.count(measure.name(), Reason::Nested);
            }
            return Taken::nested();
        }
        if !self.observations.has(measures) {
            return Taken::default();
        }
        let stall = (deadline / 8).max(SHORTEST_STALL);
        let Some((mut state, number)) = self.join(measures, deadline, stall) else {
            return self.late(measures);
        };
        loop {
            let now = Instant::now();
            let Some(run) = state.run(number) else {
                // Not reached: a run is over when all its collections have left.
                return Taken::default();
            };
            let end = run.begun.checked_add(deadline);
            if run.is_done(measures) || end.is_some_and(|end| end <= now) {
                break;
            }
            let look = self.readers.watch(&mut state, now, stall);
            if state.run(number).is_some_and(|run| run.is_done(measures)) {
                break;
            }
            let wake = [look, end].into_iter().flatten().min();
            state = wait(&self.readers.done, state, wake, now);
        }
        self.leave(state, number, measures)
    }

    /// Joins a run, and waits until it has begun. Returns its number; `None` if that takes too long.
    fn join(
        &self,
        measures: &BTreeSet<MeasureKey>,
        deadline: Duration,
        stall: Duration,
    ) -> Option<(MutexGuard<'_, State>, u64)> {
        let mut state = self.readers.state.lock();
        state.forget_other_process();
        let ticket = state.join(measures);
        if !state.has_run() {
            self.begin_next(&mut state);
        }
        let until = Instant::now().checked_add(deadline.saturating_mul(2));
        loop {
            if let Some(number) = state.number(ticket) {
                return Some((state, number));
            }
            let now = Instant::now();
            if until.is_some_and(|until| until <= now) {
                state.leave_next();
                return None;
            }
            let look = self.readers.watch(&mut state, now, stall);
            let overtake = state.overtakes_at(deadline);
            if overtake.is_some_and(|at| at <= now) {
                let own = state.step_out(measures);
                self.begin(&mut state, own);
                let number = state.begun;
                return Some((state, number));
            }
            let wake = [until, look, overtake].into_iter().flatten().min();
            state = wait(&self.begun, state, wake, now);
        }
    }

    /// What a collection has whose run has not begun.
    fn late(&self, measures: &BTreeSet<MeasureKey>) -> Taken {
        let entries = self.observations.of(measures);
        for measure in measures {
            let mut named = entries.iter().flat_map(|entry| entry.measures.iter());
            if named.any(|it| it == measure) {
                self.readers
                    .failures
                    .count(measure.name(), Reason::Deadline);
            }
        }
        let failed = |entry| (entry, Outcome::Failed(Reason::Deadline));
        Taken::new(0, measures, entries.into_iter().map(failed).collect())
    }

    /// Begins the next run, if a collection has joined it.
    fn begin_next(&self, state: &mut State) {
        if let Some(next) = state.next.take() {
            self.begin(state, next);
        }
    }

    fn begin(&self, state: &mut State, next: NextRun) {
        let entries = self.observations.of(&next.measures);
        state.begin(next, entries, Instant::now());
        self.begun.notify_all();
        self.readers.begin(state);
    }

    /// Takes what a collection wants out of its run. If it is the last one to leave, ends the run, and begins the next if
    /// none is under way.
    fn leave(
        &self,
        mut state: MutexGuard<'_, State>,
        number: u64,
        measures: &BTreeSet<MeasureKey>,
    ) -> Taken {
        let Some(run) = state.run(number) else {
            return Taken::default();
        };
        let taken = run.take_out(measures, &self.readers.failures);
        run.waiters -= 1;
        state.end_runs();
        if !state.has_run() {
            self.begin_next(&mut state);
        }
        taken
    }
}

/// Waits until the condition is notified, or until a time.
fn wait<'s>(
    condition: &Condvar,
    state: MutexGuard<'s, State>,
    until: Option<Instant>,
    now: Instant,
) -> MutexGuard<'s, State> {
    match until {
        Some(until) => condition.wait_timeout(state, until.saturating_duration_since(now)),
        None => condition.wait(state),
    }
}

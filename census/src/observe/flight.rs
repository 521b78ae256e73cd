//! The flight: collections share runs of readings, and threads of the library's own read.
//!
//! # Protocol
//! A collection that wants measures with observations joins a run. If none is under way, a run begins at once.
//! Otherwise the collection joins the next run, and waits until the run under way is over. A run has a slot for each
//! observation that names a measure that one of its collections wants. It is over when all its collections have left. A
//! collection leaves when the slots that it wants are done, or when its own deadline is over, which counts from the
//! beginning of the run. If another collection has a longer deadline, and the next run does not begin within twice its
//! own, it leaves before.
//!
//! The newest reader, a thread, takes one slot after the other. First come the observations whose last readings were in
//! time. A collection that waits also watches: if the newest reader has been in one reading for longer than an eighth
//! of the collection's deadline, the collection starts another reader, which goes on with the rest. A reader that comes
//! back and is not the newest any more ends. A reader without work ends after [`IDLE`].
//!
//! An observation whose reading has not returned since an earlier run is not read again; its slot has failed at once.
//! With many such readings ([`State::should_hold_back`]), observations that no run has finished lately are tried one at
//! a time, and rarely. So a hundred readings that wait for one lock cost neither a deadline for each scrape nor a
//! hundred threads.
//!
//! # Invariants
//! 1. A value is never older than the call that has it: no collection joins a run that has begun.
//! 2. At most one reader more than stuck readings: a further reader is started only in the place of one that is in a
//!    reading.
//! 3. One observation's closure runs on one thread at a time: `Entry::begin` marks it under the lock of the state, and
//!    a slot for a marked one is not taken.
//! 4. No wake-up is lost. Whatever a thread waits for changes under the lock of the state, before its condition is
//!    notified.
//! 5. No lock is held while code of a user runs: readers call [`Entry::read`] and drop closures without one. The locks
//!    are taken in the order state, list of observations, entry.
//!
//! [`Entry::read`]: super::observation::Entry::read

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::failures::{Failures, Reason};
use super::measure_key::MeasureKey;
use super::observation::{Closure, Entry, Observation, Outcome};
use super::registry::Observations;
use super::state::{Reader, State};
use super::taken::Taken;
use crate::declare::{Handle, MeasureCell};
use crate::panics;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// How long a reader waits for another run before it ends.
const IDLE: Duration = Duration::from_secs(5);

/// The shortest time after which a reading counts as late.
const SHORTEST_STALL: Duration = Duration::from_millis(1);

thread_local! {
    /// Whether this thread is a reader.
    static READS: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is a reader, and so within a reading.
pub(super) fn is_reading() -> bool {
    READS.get()
}

/// Starts a thread.
type Start = fn(Box<dyn FnOnce() + Send>) -> io::Result<()>;

/// The observations, and their readings.
pub(super) struct Flight {
    observations: Arc<Observations>,
    failures: Failures,
    state: Mutex<State>,
    /// Notified when the next run has begun.
    begun: Condvar,
    /// Notified when a slot is done.
    done: Condvar,
    /// Notified when there are slots to be read.
    work: Condvar,
    start: Start,
}

/// A slot that a reader has taken.
struct Job {
    run: u64,
    slot: usize,
    entry: Arc<Entry>,
}

impl Flight {
    pub(super) fn new(observations: Arc<Observations>) -> Self {
        Self::with_threads(observations, |run| {
            let thread = thread::Builder::new().name("census-observe".to_owned());
            thread.spawn(run).map(drop)
        })
    }

    fn with_threads(observations: Arc<Observations>, start: Start) -> Self {
        Self {
            observations,
            failures: Failures::default(),
            state: Mutex::default(),
            begun: Condvar::default(),
            done: Condvar::default(),
            work: Condvar::default(),
            start,
        }
    }

    #[cfg(feature = "prometheus")]
    pub(super) fn failures(&self) -> &Failures {
        &self.failures
    }

    pub(super) fn observe(
        &self,
        measures: Arc<[Handle<MeasureCell>]>,
        closure: Closure,
    ) -> Observation {
        self.observations.observe(measures, closure)
    }

    /// Reads these measures, or waits for the next run, and then for the deadline at most.
    pub(super) fn read(
        self: &Arc<Self>,
        measures: &BTreeSet<MeasureKey>,
        deadline: Duration,
    ) -> Taken {
        if is_reading() {
            for measure in measures {
                self.failures.count(measure.name(), Reason::Nested);
            }
            return Taken::nested();
        }
        if !self.observations.has(measures) {
            return Taken::default();
        }
        let Some((mut state, number)) = self.join(measures, deadline) else {
            return self.late(measures);
        };
        let stall = (deadline / 8).max(SHORTEST_STALL);
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
            let look = self.watch(&mut state, now, stall);
            if state.run(number).is_some_and(|run| run.is_done(measures)) {
                break;
            }
            let until = [look, end].into_iter().flatten().min();
            state = match until {
                Some(until) => {
                    let timeout = until.saturating_duration_since(now);
                    self.done.wait_timeout(state, timeout)
                }
                None => self.done.wait(state),
            };
        }
        self.leave(state, number, measures)
    }

    /// Joins a run, and waits until it has begun. Returns its number; `None` if that takes too long.
    fn join(
        self: &Arc<Self>,
        measures: &BTreeSet<MeasureKey>,
        deadline: Duration,
    ) -> Option<(MutexGuard<'_, State>, u64)> {
        let mut state = self.state.lock();
        let next = state.next.get_or_insert_default();
        next.join(measures);
        let number = state.begun + 1;
        if state.run.is_none() {
            self.begin(&mut state);
        }
        let until = Instant::now().checked_add(deadline.saturating_mul(2));
        while state.begun < number {
            let Some(until) = until else {
                state = self.begun.wait(state);
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.leave_next();
                return None;
            }
            state = self.begun.wait_timeout(state, left);
        }
        Some((state, number))
    }

    /// What a collection has whose run has not begun.
    fn late(&self, measures: &BTreeSet<MeasureKey>) -> Taken {
        let entries = self.observations.of(measures);
        for measure in measures {
            let mut named = entries.iter().flat_map(|entry| entry.measures.iter());
            if named.any(|it| it == measure) {
                self.failures.count(measure.name(), Reason::Deadline);
            }
        }
        let failed = |entry| (entry, Outcome::Failed(Reason::Deadline));
        Taken::new(0, entries.into_iter().map(failed).collect())
    }

    /// Begins the next run, if a collection has joined it.
    fn begin(self: &Arc<Self>, state: &mut State) {
        let Some(next) = state.next.take() else {
            return;
        };
        let entries = self.observations.of(&next.measures);
        state.begin(next, entries, Instant::now());
        self.begun.notify_all();
        let has_work = state
            .run
            .as_ref()
            .is_some_and(|run| !run.waiting.is_empty());
        match &state.reader {
            _ if !has_work => {}
            Some(_) => self.work.notify_all(),
            None => self.start_reader(state),
        }
    }

    /// Takes what a collection wants out of its run. If it is the last one to leave, ends the run and begins the next.
    fn leave(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        number: u64,
        measures: &BTreeSet<MeasureKey>,
    ) -> Taken {
        let Some(run) = state.run(number) else {
            return Taken::default();
        };
        let taken = run.take_out(measures, &self.failures);
        run.waiters -= 1;
        if run.waiters == 0 {
            if let Some(run) = state.run.take() {
                run.end();
            }
            self.begin(&mut state);
        }
        taken
    }

    /// Sees to it that the run goes on. Returns when to look again.
    fn watch(
        self: &Arc<Self>,
        state: &mut State,
        now: Instant,
        stall: Duration,
    ) -> Option<Instant> {
        let look = now.checked_add(stall);
        let has_work = state
            .run
            .as_ref()
            .is_some_and(|run| !run.waiting.is_empty());
        match &state.reader {
            _ if !has_work => return None,
            Some(Reader {
                reading_since: Some(since),
                ..
            }) => {
                let late_at = since.checked_add(stall);
                if late_at.is_none_or(|at| now < at) {
                    return late_at;
                }
                if state.should_hold_back() {
                    state.hold_back(now);
                    self.done.notify_all();
                    return None;
                }
                self.start_reader(state);
            }
            // It will take the next slot.
            Some(_) => {}
            None => self.start_reader(state),
        }
        look
    }

    /// Starts a reader, in the place of the newest one, if there is one. If the system does not, and there is none, the
    /// run fails.
    fn start_reader(self: &Arc<Self>, state: &mut State) {
        let id = state.readers + 1;
        let flight = Arc::clone(self);
        let is_started = (self.start)(Box::new(move || flight.work(id))).is_ok();
        if is_started {
            state.readers = id;
            let reader = Reader {
                id,
                reading_since: None,
            };
            if state.reader.replace(reader).is_some() {
                state.stuck += 1;
            }
            return;
        }
        if let Some(run) = &mut state.run {
            run.lacks_thread = true;
            if state.reader.is_none() {
                run.fail_waiting(Reason::NoThread);
                self.done.notify_all();
            }
        }
    }

    /// The life of a reader.
    fn work(&self, id: u64) {
        READS.set(true);
        while let Some(job) = self.take(id) {
            let (outcome, not_named, dropped) = job.entry.read();
            for measure in not_named {
                self.failures.count(&measure, Reason::NotNamed);
            }
            self.finish(id, &job, outcome);
            // The destructor of a closure is code of the user. While it runs, this thread still counts as reading.
            let _ = panics::catch(|| drop(dropped));
        }
    }

    /// Takes the next slot, waiting for a run. `None` when the reader is to end.
    fn take(&self, id: u64) -> Option<Job> {
        let mut state = self.state.lock();
        let idle_until = Instant::now().checked_add(IDLE);
        loop {
            let state_now = &mut *state;
            let Some(reader) = state_now.reader.as_mut().filter(|reader| reader.id == id) else {
                state_now.stuck -= 1;
                return None;
            };
            reader.reading_since = None;
            if let Some(run) = &mut state_now.run
                && let Some((slot, entry)) = run.take()
            {
                reader.reading_since = Some(Instant::now());
                return Some(Job {
                    run: run.number,
                    slot,
                    entry,
                });
            }
            let left = idle_until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.unwrap_or(IDLE);
            if left.is_zero() {
                state.reader = None;
                return None;
            }
            state = self.work.wait_timeout(state, left);
        }
    }

    /// Stores the outcome of a reading, if its run is still under way.
    fn finish(&self, id: u64, job: &Job, outcome: Outcome) {
        let mut state = self.state.lock();
        let is_newest = state.reader.as_ref().is_some_and(|it| it.id == id);
        let run = state.run(job.run);
        let was_late = !is_newest || run.is_none();
        job.entry
            .change_history(|history| history.was_late = was_late);
        if run.is_some_and(|run| run.finish(job.slot, outcome)) {
            self.done.notify_all();
        }
    }
}

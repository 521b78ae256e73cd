//! The threads that read, and what they share with collections. `flight.rs` has the protocol.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::failures::{Failures, Reason};
use super::observation::{Entry, Outcome};
use super::run::Run;
use super::state::{Reader, State};
use crate::panics;
use crate::sync::{Condvar, Mutex};
use crate::tags::{Carried, WeaklyCarried};

/// How long a reader waits for another run before it ends.
const IDLE: Duration = Duration::from_secs(5);

thread_local! {
    /// Whether this thread is a reader.
    static READS: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is a reader, and so within a reading.
pub(super) fn is_reading() -> bool {
    READS.get()
}

/// A slot that a reader has taken.
struct Job {
    run: u64,
    slot: usize,
    entry: Arc<Entry>,
}

/// Starts a thread.
pub(super) type Start = fn(Box<dyn FnOnce() + Send>) -> io::Result<()>;

/// What the threads that read share with collections.
pub(super) struct Readers {
    pub(super) state: Mutex<State>,
    pub(super) failures: Failures,
    /// Notified when a slot is done.
    pub(super) done: Condvar,
    /// Notified when there are slots to be read.
    work: Condvar,
    start: Start,
    /// Where the observations belong to, and what readings record.
    carried: WeaklyCarried,
}

/// Starts a thread of the library's own.
pub(super) fn start(run: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    let thread = thread::Builder::new().name("census-observe".to_owned());
    thread.spawn(run).map(drop)
}

impl Readers {
    pub(super) fn new(start: Start) -> Self {
        Self {
            state: Mutex::default(),
            failures: Failures::default(),
            done: Condvar::default(),
            work: Condvar::default(),
            start,
            carried: Carried::current().downgrade(),
        }
    }

    /// Has the slots of a new run read.
    pub(super) fn begin(self: &Arc<Self>, state: &mut State) {
        let has_work = state.run.as_ref().is_some_and(Run::has_work);
        match &state.reader {
            _ if !has_work => {}
            Some(_) => self.work.notify_all(),
            None => self.start_reader(state),
        }
    }

    /// Sees to it that the run goes on. Returns when to look again.
    pub(super) fn watch(
        self: &Arc<Self>,
        state: &mut State,
        now: Instant,
        stall: Duration,
    ) -> Option<Instant> {
        let look = now.checked_add(stall);
        let has_work = state.run.as_ref().is_some_and(Run::has_work);
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
                if state.should_hold_back() && !state.may_try(now) {
                    state.hold_back();
                    self.done.notify_all();
                    return None;
                }
                if let Some(run) = &mut state.run {
                    run.scatter();
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
        let readers = Arc::clone(self);
        let is_started = (self.start)(Box::new(move || readers.work(id))).is_ok();
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
            let (outcome, not_named, dropped) = self.carried.within(|| job.entry.read());
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
            let now = Instant::now();
            if let Some(run) = &mut state_now.run
                && let Some((slot, entry)) = run.take(now)
            {
                reader.reading_since = Some(now);
                return Some(Job {
                    run: run.number,
                    slot,
                    entry,
                });
            }
            let left = idle_until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.unwrap_or(IDLE);
            if left.is_zero() || state.is_closed {
                state.reader = None;
                return None;
            }
            state = self.work.wait_timeout(state, left);
        }
    }

    /// Ends the readers that wait for a run: there will be none.
    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.work.notify_all();
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

//! An observation: its closure, and the handle that takes it away.
//!
//! The closure is in its [`Entry`], except while it runs: a thread that reads takes it out, calls it without a lock,
//! and puts it back. If the handle is dropped meanwhile, that thread drops the closure, after it has given up what the
//! closure said. Otherwise the thread that drops the handle does.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::failures::Reason;
use super::measure_key::MeasureKey;
use super::readings::Said;
use crate::aggregate::Reading;
use crate::id::ObservationId;
use crate::panics;
use crate::sync::Mutex;

/// The user's code that reads.
pub(super) type Closure = Box<dyn FnMut(&mut Said) + Send>;

/// An observation of measures, made by [`Observed::observe`](crate::Observed::observe) or
/// [`observe`](crate::observe()). It is taken away when this is dropped. Forgotten (`std::mem::forget`), it stays.
///
/// The drop does not wait. If the observation is being read, what it says is thrown away, and its closure is dropped
/// when it returns, on the thread that reads.
#[must_use = "the observation is taken away when it is dropped"]
pub struct Observation {
    entry: Arc<Entry>,
    /// Takes the entry out of the list of observations.
    remove: Box<dyn Fn() + Send + Sync>,
}

impl Observation {
    pub(super) fn new(entry: Arc<Entry>, remove: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            entry,
            remove: Box::new(remove),
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        (self.remove)();
        let mut state = self.entry.state.lock();
        state.is_dropped = true;
        let closure = state.closure.take();
        drop(state);
        // Its destructor is code of the user.
        drop(closure);
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.entry.measures.iter().map(MeasureKey::name);
        f.debug_list().entries(names).finish()
    }
}

/// A registered observation.
pub(super) struct Entry {
    pub(super) id: ObservationId,
    /// The measures that it names.
    pub(super) measures: Arc<[MeasureKey]>,
    state: Mutex<EntryState>,
}

struct EntryState {
    /// `None` while it runs, and after the observation was dropped.
    closure: Option<Closure>,
    is_dropped: bool,
    /// Whether a thread has taken it to read it, and has not come back.
    is_busy: bool,
    history: History,
}

/// How the last reading went.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct History {
    /// The run in which it was last begun.
    pub(super) begun_in: u64,
    /// Whether another thread had to go on with the rest of the run.
    pub(super) was_late: bool,
    /// Whether the last run that wanted it ended without it.
    pub(super) is_unfinished: bool,
}

/// The outcome of a reading.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The values of each measure that the observation names.
    Said(Arc<[Vec<Reading>]>),
    /// The observation was dropped.
    Gone,
    Failed(Reason),
}

impl Entry {
    pub(super) fn new(id: ObservationId, measures: Arc<[MeasureKey]>, closure: Closure) -> Self {
        Self {
            id,
            measures,
            state: Mutex::new(EntryState {
                closure: Some(closure),
                is_dropped: false,
                is_busy: false,
                history: History::default(),
            }),
        }
    }

    pub(super) fn names_any(&self, measures: &BTreeSet<MeasureKey>) -> bool {
        self.measures.iter().any(|it| measures.contains(it))
    }

    pub(super) fn is_busy(&self) -> bool {
        self.state.lock().is_busy
    }

    pub(super) fn history(&self) -> History {
        self.state.lock().history
    }

    pub(super) fn change_history(&self, change: impl FnOnce(&mut History)) {
        change(&mut self.state.lock().history);
    }

    /// Marks it as taken for a run. The thread that has taken it calls [`read`](Self::read).
    pub(super) fn begin(&self, run: u64) {
        let mut state = self.state.lock();
        state.is_busy = true;
        state.history.begun_in = run;
    }

    /// Calls the closure. Returns, beside the outcome, the names of measures for which a value was refused because they
    /// are not named, and a closure whose observation was dropped meanwhile. Its destructor is code of the user, too.
    pub(super) fn read(&self) -> (Outcome, BTreeSet<String>, Option<Closure>) {
        let closure = self.state.lock().closure.take();
        let Some(mut closure) = closure else {
            return (Outcome::Gone, BTreeSet::new(), None);
        };
        let mut said = Said::new(Arc::clone(&self.measures));
        let result = panics::catch(|| closure(&mut said));
        let (values, not_named) = said.into_parts();
        let outcome = match result {
            Ok(()) => Outcome::Said(values),
            Err(panics::Panicked) => Outcome::Failed(Reason::Panic),
        };
        let mut state = self.state.lock();
        state.is_busy = false;
        if state.is_dropped {
            drop(state);
            return (Outcome::Gone, not_named, Some(closure));
        }
        state.closure = Some(closure);
        drop(state);
        (outcome, not_named, None)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

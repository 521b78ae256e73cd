//! The rows that the views must have: what each thread recorded.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use census_tests::ledger::{FirstFault, Ledger, Ledgers, Recorded};
use census_tests::polling::BoxedFuture;
use census_tests::rows::{not_zero, values};

use super::{CALLED, IN_FLIGHT, WORK, WORKED};

/// The expected row of a measurement: 2 tag values in [`WORKED`], and 4 in [`CALLED`].
pub(super) type RowTags = Vec<String>;

thread_local! {
    static LEDGER: RefCell<Ledger<RowTags>> = const { RefCell::new(Ledger::new()) };
}

/// Notes a measurement as the present thread's next step.
fn note(row: RowTags) {
    LEDGER.with_borrow_mut(|ledger| {
        ledger.step += 1;
        ledger.note(row, 1);
    });
}

/// The state that all tasks share.
#[derive(Default)]
pub(super) struct Shared {
    /// What the threads that have ended recorded.
    pub(super) ledgers: Mutex<Ledgers<RowTags>>,
    /// Futures of some tasks for other tasks to poll.
    pub(super) exchange: Mutex<Vec<BoxedFuture>>,
    /// The tags of tasks that were spawned without tags, each with the spawning task's tenant.
    pub(super) leaks: Mutex<Vec<String>>,
}

impl Shared {
    /// Takes the ledger of the present thread, which ends.
    pub(super) fn take_ledger(&self) {
        let name = thread::current().name().unwrap_or("a thread").to_owned();
        lock(&self.ledgers).add(name, LEDGER.take());
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tags that must be current at a point of a task.
#[derive(Clone)]
pub(super) struct Expected {
    pub(super) shared: Arc<Shared>,
    pub(super) tenant: String,
    pub(super) lane: &'static str,
}

impl Expected {
    pub(super) fn lane(&self, lane: &'static str) -> Self {
        Self {
            lane,
            ..self.clone()
        }
    }

    /// Notes a measurement, and records it with no other tags than the current ones.
    pub(super) fn record(&self) {
        self.note();
        WORK.record(1);
    }

    pub(super) fn note(&self) {
        note(vec![self.tenant.clone(), self.lane.to_owned()]);
    }
}

/// Records when it is dropped: when its future ends, is cancelled or panics.
pub(super) struct RecordAtDrop(pub(super) Expected);

impl Drop for RecordAtDrop {
    fn drop(&mut self) {
        self.0.record();
    }
}

/// Notes the expected result of a call when it is dropped.
pub(super) struct ExpectedCall<'a> {
    pub(super) at: &'a Expected,
    pub(super) function: &'static str,
    pub(super) result: &'static str,
}

impl Drop for ExpectedCall<'_> {
    fn drop(&mut self) {
        let Expected { tenant, lane, .. } = self.at;
        let row = [tenant.as_str(), lane, self.function, self.result];
        note(row.map(str::to_owned).to_vec());
    }
}

/// What was noted of rows with so many tag values.
pub(super) fn of_length(
    ledgers: &Ledgers<RowTags>,
    length: usize,
) -> impl Iterator<Item = (&RowTags, &Recorded)> {
    ledgers.all().filter(move |(row, _)| row.len() == length)
}

pub(super) fn check_rows(at: &str, ledgers: &Ledgers<RowTags>) {
    for (view, length) in [(&WORKED, 2), (&CALLED, 4)] {
        let mut counts = values(view, |count| *count);
        // A measured function has rows before its first call.
        counts.rows.retain(|_, count| *count > 0);
        let row_of = |row: &RowTags| (row.len() == length).then(|| row.clone());
        let differences = ledgers.compare(&counts, row_of, Recorded::count);
        differences.assert_none(&at);
    }
    let fault = FirstFault::default();
    fault.report(&at, not_zero(&IN_FLIGHT), |_, row: &RowTags| {
        (row.len() == 4).then(|| row.iter().take(2).cloned().collect())
    });
    fault.assert_none(ledgers);
}

//! What the threads of a stress test recorded, so that its message can name the threads that recorded to a row.
//!
//! Each thread has a ledger of its own, which it returns when it ends. Nothing here orders the threads' measurements.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display, Formatter};
use std::ops::Range;
use std::sync::OnceLock;

use crate::differences::{Differences, RowName};
use crate::rows::{OVERFLOW, Values};
use crate::threads::map_threads;

/// What was recorded with one key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recorded {
    count: u64,
    added: i64,
    subtracted: i64,
    first_step: u64,
    last_step: u64,
}

impl Recorded {
    /// How many measurements there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of the values.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.added - self.subtracted
    }

    fn one(step: u64, value: i64) -> Self {
        Self {
            count: 1,
            added: value.max(0),
            subtracted: (-value).max(0),
            first_step: step,
            last_step: step,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            added: self.added + other.added,
            subtracted: self.subtracted + other.subtracted,
            first_step: self.first_step.min(other.first_step),
            last_step: self.last_step.max(other.last_step),
        }
    }
}

impl Display for Recorded {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            count,
            added,
            subtracted,
            first_step,
            last_step,
        } = self;
        let measurements = if *count == 1 {
            "measurement"
        } else {
            "measurements"
        };
        write!(f, "{count} {measurements} (+{added} -{subtracted}) in ")?;
        if first_step == last_step {
            write!(f, "step {first_step}")
        } else {
            write!(f, "steps {first_step} to {last_step}")
        }
    }
}

/// What one thread recorded. A key `K` has what decides to which rows a measurement belongs.
#[derive(Clone, Debug)]
pub struct Ledger<K> {
    /// The thread's present step.
    pub step: u64,
    recorded: BTreeMap<K, Recorded>,
}

impl<K> Default for Ledger<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Ledger<K> {
    /// The ledger of a thread that has recorded nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            step: 0,
            recorded: BTreeMap::new(),
        }
    }
}

impl<K: Ord> Ledger<K> {
    /// Notes a measurement in the present step.
    pub fn note(&mut self, key: K, value: i64) {
        self.add(key, Recorded::one(self.step, value));
    }

    fn add(&mut self, key: K, more: Recorded) {
        self.recorded
            .entry(key)
            .and_modify(|recorded| *recorded = recorded.and(more))
            .or_insert(more);
    }
}

/// The ledgers of threads that have ended.
#[derive(Debug)]
pub struct Ledgers<K> {
    /// What each thread is called in messages, and its ledger.
    threads: Vec<(String, Ledger<K>)>,
    /// What all threads recorded together.
    all: Ledger<K>,
}

impl<K> Default for Ledgers<K> {
    fn default() -> Self {
        Self {
            threads: Vec::new(),
            all: Ledger::default(),
        }
    }
}

impl<K: Ord + Clone> Ledgers<K> {
    /// Runs a thread for each number, all at once, and takes their ledgers. `name` is what a thread is called in
    /// messages.
    pub fn run(
        &mut self,
        numbers: Range<u64>,
        name: impl Fn(u64) -> String,
        life: impl Fn(u64, &mut Ledger<K>) + Sync,
    ) where
        K: Send,
    {
        let ledgers = map_threads(numbers.clone(), |number| {
            let mut ledger = Ledger::default();
            life(number, &mut ledger);
            ledger
        });
        for (number, ledger) in numbers.zip(ledgers) {
            self.add(name(number), ledger);
        }
    }

    /// Adds a thread's ledger.
    pub fn add(&mut self, name: String, ledger: Ledger<K>) {
        for (key, recorded) in &ledger.recorded {
            self.all.add(key.clone(), *recorded);
        }
        self.threads.push((name, ledger));
    }

    /// What all threads recorded together, by key.
    pub fn all(&self) -> impl Iterator<Item = (&K, &Recorded)> {
        self.all.recorded.iter()
    }

    /// Compares all rows of a view with what was recorded.
    ///
    /// `row_of` returns the tag values that a key has in the view's columns; `None` if the view does not count it.
    /// `expected` is also asked for rows to which nothing was recorded: a measured function has rows before its first
    /// call.
    pub fn compare<V: Debug + PartialEq>(
        &self,
        actual: &Values<V>,
        row_of: impl Fn(&K) -> Option<Vec<String>>,
        expected: impl Fn(&Recorded) -> V,
    ) -> Differences {
        // Which rows the view has no room for depends on the order of the first measurements.
        let overflows = actual
            .rows
            .keys()
            .filter(|row| row.iter().any(|tag| tag == OVERFLOW));
        let overflows: Vec<_> = overflows.collect();
        let place = |key: &K| {
            let row = row_of(key)?;
            if actual.rows.contains_key(&row) {
                return Some(row);
            }
            let overflow = overflows.iter().find(|other| is_overflow(other, &row));
            Some(overflow.map_or(row, |overflow| (*overflow).clone()))
        };
        let mut rows = Ledger::default();
        for (key, recorded) in self.all() {
            if let Some(row) = place(key) {
                rows.add(row, *recorded);
            }
        }
        let names = actual.rows.keys().chain(rows.recorded.keys());
        let expected_rows = names
            .map(|row| {
                let recorded = rows.recorded.get(row).copied().unwrap_or_default();
                (row.clone(), expected(&recorded))
            })
            .collect();
        let differences = Differences::between(&actual.view, &expected_rows, &actual.rows);
        differences.with_threads(|name| {
            self.threads_of(|key| place(key).is_some_and(|row| row == name.tags))
        })
    }

    /// A line for each thread that recorded with one of the keys.
    pub fn threads_of(&self, is_counted: impl Fn(&K) -> bool) -> Vec<String> {
        let of_thread = |(name, ledger): &(String, Ledger<K>)| {
            let here = ledger.recorded.iter().filter(|(key, _)| is_counted(key));
            let recorded = here.map(|(_, recorded)| *recorded).reduce(Recorded::and)?;
            Some(format!("{name}: {recorded}"))
        };
        self.threads.iter().filter_map(of_thread).collect()
    }
}

/// Whether a row may count the measurements of another, which the view has no room for. Some columns keep their values
/// there.
fn is_overflow(row: &[String], of: &[String]) -> bool {
    let mut columns = row.iter().zip(of);
    row != of && columns.all(|(tag, of)| tag == OVERFLOW || tag == of)
}

/// Which row of the view a key belongs to, given the view's name.
type RowOf<K> = Box<dyn Fn(&str, &K) -> Option<Vec<String>> + Send + Sync>;

/// The first fault that a thread in the background has found. The thread does not fail the test itself, because the
/// ledgers of the threads that may be the cause are known when these have ended.
pub struct FirstFault<K>(OnceLock<(String, Differences, RowOf<K>)>);

impl<K> Default for FirstFault<K> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<K: Ord + Clone> FirstFault<K> {
    /// Keeps the differences, if there are any and if they are the first. `at` says when they were found. `row_of` is
    /// as in [`Ledgers::compare`], for the view of a name.
    pub fn report(
        &self,
        at: &dyn Display,
        differences: Differences,
        row_of: impl Fn(&str, &K) -> Option<Vec<String>> + Send + Sync + 'static,
    ) {
        if !differences.is_empty() {
            // Later faults may be consequences of the first.
            let _ = self.0.set((at.to_string(), differences, Box::new(row_of)));
        }
    }

    /// Fails the test if a fault was reported. The message names the threads that recorded to the rows.
    #[track_caller]
    pub fn assert_none(&self, ledgers: &Ledgers<K>) {
        if let Some((at, differences, row_of)) = self.0.get() {
            let threads_of = |name: &RowName| {
                ledgers.threads_of(|key| {
                    let row = row_of(&name.view, key);
                    row.is_some_and(|row| row == name.tags || is_overflow(&name.tags, &row))
                })
            };
            differences.clone().with_threads(threads_of).assert_none(at);
        }
    }
}

impl<K> Debug for FirstFault<K> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let fault = self.0.get().map(|(at, differences, _)| (at, differences));
        f.debug_tuple("FirstFault").field(&fault).finish()
    }
}

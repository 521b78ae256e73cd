//! What the rows have when nothing runs, and what they must have.

use std::collections::BTreeMap;
use std::fmt::Display;

use census::Data;
use census_tests::differences::Differences;
use census_tests::ledger::Ledgers;

use super::Storm;
use super::lives::{Is, Noted};
use crate::keys::KEYS;
use crate::views::{Of, amount_of, quiet_rows};

/// The rows that were read when nothing ran, by view and key: how many removals there had been, and the amount.
pub(super) type Settled = BTreeMap<(usize, usize), (u64, Option<i64>)>;

/// Compares the rows with what the threads of a wave recorded.
pub(super) struct Check<'a> {
    pub(super) storm: &'a Storm,
    pub(super) settled: &'a Settled,
    pub(super) ledgers: &'a Ledgers<Noted>,
}

impl Check<'_> {
    /// Fails the test if a row is not as it must be, and returns the rows.
    pub(super) fn run(&self, at: &dyn Display) -> Settled {
        let mut found = Differences::default();
        let removals = self.storm.removals.ended();
        let mut settled = Settled::new();
        for (number, view) in self.storm.views.iter().enumerate() {
            let (rows, faults) = quiet_rows(view);
            found.extend(faults);
            for (key, removed) in removals[number].iter().enumerate() {
                let actual = rows.get(&key).map(|data| amount_of(key, data));
                let expected = self.expected(number, key, *removed, rows.get(&key));
                if let Err(expected) = expected {
                    let expected = format!("{expected} (after removal {removed})");
                    let actual = actual.map_or("no row".to_owned(), |it| it.to_string());
                    let row = [KEYS[key].0.to_owned()];
                    found.add(view.view.name(), &row, &expected, &actual);
                }
                settled.insert((number, key), (*removed, actual));
            }
        }
        let found = found.with_threads(|name| {
            let is_there = |key: &Noted| {
                let removed = removals[key.view][key.key];
                let row = self.storm.row_of(&name.view, key);
                row.is_some_and(|row| row == name.tags) && key.is(removed) != Is::Gone
            };
            self.ledgers.threads_of(is_there)
        });
        found.assert_none(at);
        settled
    }

    /// `Err` with what a row should be.
    fn expected(
        &self,
        view: usize,
        key: usize,
        removed: u64,
        actual: Option<&Data>,
    ) -> Result<(), String> {
        let (before, settled) = self.settled.get(&(view, key)).copied().unwrap_or_default();
        // A row that was not removed since is the one that was there.
        let settled = if before == removed { settled } else { None };
        if self.storm.views[view].of == Of::Mark {
            let actual = actual.map(|data| amount_of(key, data).cast_unsigned());
            return self.expected_mark(view, key, removed, settled, actual);
        }
        let is_level = self.storm.views[view].is_level;
        let (mut least, mut most) = (settled.unwrap_or(0), settled.unwrap_or(0));
        let mut must_be_there = settled.is_some();
        for (noted, recorded) in self.ledgers.all() {
            if (noted.view, noted.key) != (view, key) {
                continue;
            }
            let count = recorded.count().cast_signed();
            let amount = if is_level { recorded.sum() } else { count };
            match noted.is(removed) {
                Is::In => {
                    must_be_there = true;
                    least += amount;
                    most += amount;
                }
                Is::Either => most += amount,
                Is::Gone => {}
            }
        }
        let found = actual.map(|data| amount_of(key, data));
        let is_right = match found {
            Some(found) => (least..=most).contains(&found),
            None => !must_be_there && least == 0,
        };
        let expected = || {
            if must_be_there {
                format!("{least} to {most}")
            } else {
                format!("no row, or {least} to {most}")
            }
        };
        is_right.then_some(()).ok_or_else(expected)
    }

    /// As [`expected`](Self::expected), of a last value.
    fn expected_mark(
        &self,
        view: usize,
        key: usize,
        removed: u64,
        settled: Option<i64>,
        actual: Option<u64>,
    ) -> Result<(), String> {
        let marks = self.storm.marks.lock().expect("no thread panics");
        let mut possible: Vec<Option<u64>> = Vec::new();
        let mut must_be_new = false;
        for of_thread in marks.iter() {
            for (noted, mark) in of_thread.iter().rev() {
                if (noted.view, noted.key) != (view, key) {
                    break;
                }
                match noted.is(removed) {
                    Is::In => {
                        // It has replaced those before.
                        possible.push(Some(*mark));
                        must_be_new = true;
                        break;
                    }
                    // While rows are removed, a measurement may be in the new row, and a later one of the same thread that
                    // has the former row in its cache may go with that.
                    Is::Either => possible.push(Some(*mark)),
                    Is::Gone => break,
                }
            }
        }
        if !must_be_new {
            possible.push(settled.map(i64::cast_unsigned));
        }
        let is_right = possible.contains(&actual);
        let expected = || format!("one of {possible:?}");
        is_right.then_some(()).ok_or_else(expected)
    }
}

//! The running totals of a view: sums that never fall, made of totals that something else keeps.
//!
//! A row's sum is its base and the sum of what each observation last said for the row. If an observation says less than
//! before, its total began anew: what it said before goes into the base. The same happens when the observation is
//! dropped. If it says nothing for the row, what it last said stays.
//!
//! *Invariants:*
//! 1. A row's sum never falls (except where a `u64` sum wraps around).
//! 2. A row that was admitted stays until it is removed, and once a value went to an overflow row, no row is admitted any more. So a total
//!    does not move between a row of its own and an overflow row, where it would be there twice. When the overflow rows
//!    are removed, rows are admitted again.
//! 3. An overflow row holds totals of many rows, and does not know which of them began anew. If the sum of what one
//!    observation says for it falls, only later increases are added.

use std::collections::HashMap;

use super::reading::{Bounded, Reading, Run};
use super::row_format::RowFormat;
use super::write::merge_sums;
use crate::declare::{ValueBits, ValueKind};
use crate::id::ObservationId;
use crate::tags::TagMap;

/// The totals of a view, by the keys of its rows.
#[derive(Debug, Default)]
pub(super) struct Totals {
    rows: HashMap<String, Total>,
    /// How many rows count towards the bound.
    admitted: usize,
    /// Whether a value went to an overflow row.
    is_full: bool,
}

/// The total of one row.
#[derive(Debug)]
struct Total {
    /// What does not change any more.
    base: ValueBits,
    /// What each observation last said, in the order of their identifiers: thousands may say values of one row.
    last: Vec<(ObservationId, ValueBits)>,
    /// The greatest float that was shown. Floats that are added in another order may make a sum that is smaller by the
    /// last digit.
    shown: f64,
    is_overflow: bool,
    /// Whether it counts towards the bound. An overflow row does if a value has its key.
    is_admitted: bool,
}

impl Totals {
    /// Takes in what a run has read. Returns how many values went to overflow rows.
    pub(super) fn apply(
        &mut self,
        view: &Bounded<'_>,
        run: &Run<'_>,
        key_of: impl Fn(&TagMap) -> String,
    ) -> u64 {
        let kind = view.format.value_kind;
        let mut overflowed = 0;
        for (observation, values) in &run.readings {
            let mut said: HashMap<String, ValueBits> = HashMap::new();
            for Reading { tags, bits } in *values {
                let mut key = key_of(tags);
                if !self.admit(view, &key) {
                    overflowed += 1;
                    key = view.overflow_key(&key);
                    self.rows.entry(key.clone()).or_default().is_overflow = true;
                }
                let sum = said.entry(key).or_insert(ValueBits(0));
                *sum = merge_sums(kind, *sum, *bits);
            }
            for (key, sum) in said {
                let row = self.rows.entry(key).or_default();
                row.say(kind, *observation, sum);
            }
        }
        for row in self.rows.values_mut() {
            row.keep_what_ended(kind, run);
        }
        overflowed
    }

    /// Removes the row of this key, whether or not it is an overflow row. Returns whether it was there. If an observation says
    /// something for it again, that is a new total.
    pub(super) fn remove(&mut self, key: &str) -> bool {
        let Some(removed) = self.rows.remove(key) else {
            return false;
        };
        if removed.is_overflow {
            // Without overflow rows, no total is in one.
            self.is_full = self.rows.values().any(|row| row.is_overflow);
        }
        self.admitted -= usize::from(removed.is_admitted);
        true
    }

    /// Removes the rows of whose keys `is_meant` is true, as [`remove`](Self::remove) does. Returns how many there were.
    pub(super) fn remove_all(&mut self, is_meant: impl Fn(&str) -> bool) -> usize {
        let keys = self.rows.keys().filter(|key| is_meant(key));
        let keys: Vec<String> = keys.cloned().collect();
        keys.iter().filter(|key| self.remove(key)).count()
    }

    /// Whether values of this key have a row of their own, which is added if there is room for one more.
    fn admit(&mut self, view: &Bounded<'_>, key: &str) -> bool {
        if self.rows.contains_key(key) {
            return true;
        }
        if self.is_full || self.admitted >= view.max_series {
            self.is_full = true;
            return false;
        }
        self.admitted += 1;
        let row = Total {
            is_admitted: true,
            ..Total::default()
        };
        self.rows.insert(key.to_owned(), row);
        true
    }

    /// All rows with their sums.
    pub(super) fn rows(&mut self, format: &RowFormat) -> Vec<(String, ValueBits)> {
        let sum = |row: &mut Total| row.sum(format.value_kind);
        let rows = self.rows.iter_mut();
        rows.map(|(key, row)| (key.clone(), sum(row))).collect()
    }
}

impl Default for Total {
    fn default() -> Self {
        Self {
            // The zero of every kind of values.
            base: ValueBits(0),
            last: Vec::new(),
            shown: 0.0,
            is_overflow: false,
            is_admitted: false,
        }
    }
}

impl Total {
    /// Takes in what an observation says now.
    fn say(&mut self, kind: ValueKind, observation: ObservationId, now: ValueBits) {
        let place = self.last.binary_search_by_key(&observation, |(id, _)| *id);
        let last = match place {
            Ok(place) => self.last.get_mut(place),
            Err(place) => {
                self.last.insert(place, (observation, now));
                None
            }
        };
        let Some((_, last)) = last else {
            return;
        };
        if now.sort_key(kind) < last.sort_key(kind) {
            let ended = if self.is_overflow {
                difference(kind, *last, now)
            } else {
                *last
            };
            self.base = merge_sums(kind, self.base, ended);
        }
        *last = now;
    }

    /// Adds what dropped observations said to the base.
    fn keep_what_ended(&mut self, kind: ValueKind, run: &Run<'_>) {
        let base = &mut self.base;
        self.last.retain(|(observation, said)| {
            // The readings are in the order of their identifiers.
            let found = run
                .readings
                .binary_search_by_key(observation, |(id, _)| *id);
            if found.is_err() {
                *base = merge_sums(kind, *base, *said);
            }
            found.is_ok()
        });
    }

    fn sum(&mut self, kind: ValueKind) -> ValueBits {
        let last = self.last.iter().map(|(_, said)| *said);
        let sum = last.fold(self.base, |sum, said| merge_sums(kind, sum, said));
        if kind != ValueKind::F64 {
            return sum;
        }
        self.shown = self.shown.max(f64::from_bits(sum.0));
        ValueBits(self.shown.to_bits())
    }
}

/// By how much the lesser value is less.
fn difference(kind: ValueKind, greater: ValueBits, lesser: ValueBits) -> ValueBits {
    ValueBits(match kind {
        ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => greater.0.wrapping_sub(lesser.0),
        ValueKind::F64 => (f64::from_bits(greater.0) - f64::from_bits(lesser.0)).to_bits(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: ObservationId = ObservationId(1);

    fn sums(is_overflow: bool, said: &[u64]) -> Vec<u64> {
        let mut row = Total {
            is_overflow,
            ..Total::default()
        };
        let sums = said.iter().map(|said| {
            row.say(ValueKind::U64, FIRST, ValueBits(*said));
            row.sum(ValueKind::U64).0
        });
        sums.collect()
    }

    #[test]
    fn a_total_that_begins_anew_adds_to_what_it_was() {
        assert_eq!(sums(false, &[5, 8, 3, 3, 4]), [5, 8, 11, 11, 12]);
    }

    #[test]
    fn an_overflow_row_counts_increases_only() {
        assert_eq!(sums(true, &[5, 8, 3, 3, 4]), [5, 8, 8, 8, 9]);
    }

    #[test]
    fn thousands_of_observations_of_one_row_are_quick() {
        let mut row = Total::default();
        let begun = std::time::Instant::now();
        for round in 1..4 {
            // An observation may say a value of the row later than newer ones.
            for id in (0..100_000).rev().step_by(2).chain(0..100_000) {
                row.say(ValueKind::U64, ObservationId(id), ValueBits(round));
            }
            assert_eq!(row.sum(ValueKind::U64), ValueBits(100_000 * round));
        }
        assert!(row.last.is_sorted_by_key(|(id, _)| *id));
        // A search from the beginning would take a minute.
        let took = begun.elapsed();
        assert!(took < std::time::Duration::from_secs(10), "{took:?}");
    }

    #[test]
    fn what_a_dropped_observation_said_stays() {
        let mut row = Total::default();
        row.say(ValueKind::U64, FIRST, ValueBits(7));
        let second = ObservationId(2);
        row.say(ValueKind::U64, second, ValueBits(2));
        let run = Run {
            number: 1,
            readings: vec![(second, &[])],
        };
        row.keep_what_ended(ValueKind::U64, &run);
        assert_eq!(row.last, [(second, ValueBits(2))]);
        assert_eq!(row.sum(ValueKind::U64), ValueBits(9));
    }

    #[test]
    fn a_sum_of_floats_does_not_fall_by_its_last_digit() {
        let kind = ValueKind::F64;
        let said = [0.1_f64, 0.2, 0.3].map(|value| ValueBits(value.to_bits()));
        let mut row = Total::default();
        for (id, said) in (1..).zip(said) {
            row.say(kind, ObservationId(id), said);
        }
        let before = f64::from_bits(row.sum(kind).0);
        let third = ObservationId(3);
        let run = Run {
            number: 1,
            readings: vec![(third, &[])],
        };
        row.keep_what_ended(kind, &run);
        row.say(kind, third, ValueBits(0.3_f64.to_bits()));
        assert!(f64::from_bits(row.sum(kind).0) >= before);
    }
}

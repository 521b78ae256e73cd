//! A registered view: its definition and its rows.

use std::sync::Arc;
use std::time::SystemTime;

#[cfg(feature = "prometheus")]
use super::recipe::Sample;
use super::recipe::{Reading, Recipe};
use super::{Data, Exemplar, Rows};
use crate::declare::ViewSpec;
use crate::register::{default_max_series, initial_rows};
use crate::tags::row_key;

/// The value of every tag of the overflow row.
const OVERFLOW: &str = "_overflow";

/// So many rows are read at a time: threads that end and new rows need not wait for more.
const ROWS_AT_A_TIME: usize = 64;

/// A view that records.
#[derive(Debug)]
pub(crate) struct LiveView {
    pub(crate) spec: ViewSpec,
    pub(crate) rows: Rows,
    pub(crate) start: SystemTime,
}

/// Where a measurement goes: the number of a row.
pub(crate) enum Found {
    Row(usize),
    /// There are too many rows: don't remember this one, so that the next such measurement is counted too.
    Overflow(usize),
}

impl LiveView {
    pub(crate) fn new(spec: ViewSpec) -> Self {
        let max = spec.max_series.unwrap_or_else(default_max_series);
        let rows = Rows::new(Recipe::new(&spec), max);
        for key in initial_rows(&spec) {
            rows.table.add_known(&key);
        }
        Self {
            spec,
            rows,
            start: SystemTime::now(),
        }
    }

    /// The row of these tag values, in the order of the columns.
    pub(crate) fn find(&self, key: &str) -> Found {
        let max = self.spec.max_series.unwrap_or_else(default_max_series);
        match self.rows.table.find(key, max) {
            Some(row) => Found::Row(row),
            None => Found::Overflow(self.rows.overflow(|| self.overflow_key())),
        }
    }

    fn overflow_key(&self) -> String {
        let mut key = String::new();
        self.spec
            .columns
            .iter()
            .for_each(|_| row_key::push(&mut key, OVERFLOW));
        key
    }

    /// Calls `f` with each row, in the order of their appearance, until it fails. Holds no lock meanwhile.
    pub(crate) fn each<E>(
        self: &Arc<Self>,
        mut f: impl FnMut(ReadRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take_in();
        let (mut text, mut ends) = (String::new(), Vec::new());
        // Rows that come meanwhile are for the next time.
        let len = self.rows.len();
        let recipe = &self.rows.recipe;
        let mut readings: Vec<Reading> = (0..len.min(ROWS_AT_A_TIME))
            .map(|_| Reading::new(recipe))
            .collect();
        for start in (0..len).step_by(ROWS_AT_A_TIME) {
            let rows = start..(start + ROWS_AT_A_TIME).min(len);
            readings.truncate(rows.len());
            self.read(rows.clone(), &mut readings);
            text.clear();
            ends.clear();
            let table = &self.rows.table;
            table.copy_keys(rows.clone(), &mut text, &mut ends);
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let keys = starts.zip(&ends).map(|(start, end)| text.get(start..*end));
            for ((number, key), reading) in rows.zip(keys).zip(&readings) {
                f(ReadRow {
                    live: self,
                    number,
                    key: key.unwrap_or_default(),
                    reading,
                })?;
            }
        }
        Ok(())
    }
}

/// A row, read.
pub(crate) struct ReadRow<'a> {
    live: &'a LiveView,
    number: usize,
    /// The columns' values: a [`row_key`].
    pub(crate) key: &'a str,
    reading: &'a Reading,
}

impl ReadRow<'_> {
    /// All that it holds, copied; nothing for a last value that was never set.
    pub(crate) fn data(&self) -> Option<Data> {
        let measure = &self.live.spec.measure.descriptor;
        let mut data = self.reading.data(&self.live.rows.recipe, measure)?;
        if let Data::Distribution(data) = &mut data {
            data.exemplars = self.exemplars();
        }
        Some(data)
    }

    /// What is exported of it; nothing for a last value that was never set.
    #[cfg(feature = "prometheus")]
    pub(crate) fn sample(&self) -> Option<Sample<'_>> {
        self.reading.sample(&self.live.rows.recipe)
    }

    /// The exemplars of its buckets; nothing if there is none.
    pub(crate) fn exemplars(&self) -> Vec<Option<Exemplar>> {
        let recipe = &self.live.rows.recipe;
        recipe.exemplars.of(self.number, recipe.kind)
    }
}

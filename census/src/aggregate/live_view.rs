//! A registered view: its definition and its rows.

use std::sync::Arc;
use std::time::SystemTime;

use super::recipe::Recipe;
use super::{Data, Rows};
use crate::declare::ViewSpec;
use crate::register::{default_max_series, known_rows};
use crate::tags::packed;

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
        for key in known_rows(&spec) {
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
            .for_each(|_| packed::push(&mut key, OVERFLOW));
        key
    }

    /// Calls `f` with the key and the data of each row, in the order of their appearance, until it fails. Holds no lock
    /// meanwhile.
    pub(crate) fn each<E>(
        self: &Arc<Self>,
        mut f: impl FnMut(&str, Data) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take_in();
        let (mut text, mut ends) = (String::new(), Vec::new());
        // Rows that come meanwhile are for the next time.
        let len = self.rows.len();
        for start in (0..len).step_by(ROWS_AT_A_TIME) {
            let rows = start..(start + ROWS_AT_A_TIME).min(len);
            text.clear();
            ends.clear();
            self.rows.table.keys(rows.clone(), |key| {
                text.push_str(key);
                ends.push(text.len());
            });
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let keys = starts.zip(&ends).map(|(start, end)| text.get(start..*end));
            for ((row, key), data) in rows.clone().zip(keys).zip(self.read(rows)) {
                let (Some(key), Some(mut data)) = (key, data) else {
                    continue;
                };
                if let Data::Distribution(data) = &mut data {
                    let recipe = &self.rows.recipe;
                    data.exemplars = recipe.exemplars.of(row, recipe.kind);
                }
                f(key, data)?;
            }
        }
        Ok(())
    }
}

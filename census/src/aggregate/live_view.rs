//! A registered view: its definition and its rows.

use std::sync::Arc;
use std::time::SystemTime;

#[cfg(feature = "prometheus")]
use super::Sample;
use super::aggregation::{self, Data, RowTotals};
use super::column_values::ColumnSets;
use super::rows::Rows;
use super::{Exemplar, default_max_series};
use crate::declare::{Bounds, TagKey, ViewSpec};
use crate::id::{RowId, ViewId};

/// How many rows are read under one hold of a lock: of [`Rows`]'s `live`, for which other readers wait, and of the
/// table's, for which new rows wait.
const ROWS_PER_READ: usize = 64;

/// A registered view.
#[derive(Debug)]
pub(crate) struct LiveView {
    pub(crate) spec: Arc<ViewSpec>,
    columns: ColumnSets,
    pub(crate) rows: Arc<Rows>,
    /// When it was registered.
    pub(crate) start: SystemTime,
}

/// The row that a measurement goes to.
pub(crate) enum RowLookup {
    Row(RowId),
    /// An overflow row. It must not be cached for the measurement's tags, so that the next such measurement is counted
    /// as overflowed, too.
    Overflow(RowId),
}

impl LiveView {
    /// A view with rows for these keys from the start.
    pub(crate) fn new(
        id: ViewId,
        spec: ViewSpec,
        columns: ColumnSets,
        initial_keys: impl IntoIterator<Item = String>,
    ) -> Self {
        let max = spec.max_series.unwrap_or_else(default_max_series);
        let value_kind = spec.measure.descriptor.kind;
        let bounds = spec.aggregation.bounds.clone();
        let bounds = bounds.unwrap_or_else(|| Bounds::none(value_kind));
        let format = aggregation::row_format(id, spec.aggregation.kind, value_kind, bounds);
        let rows = Rows::new(format, max);
        for key in initial_keys {
            rows.table.add_initial(&key);
        }
        Self {
            spec: Arc::new(spec),
            columns,
            rows,
            start: SystemTime::now(),
        }
    }

    pub(crate) fn id(&self) -> ViewId {
        self.rows.format.view
    }

    /// Appends the key of the row that a measurement goes to. `value_of` returns the measurement's value of a column.
    pub(crate) fn push_row_key<'v>(&self, key: &mut String, value_of: impl Fn(&TagKey) -> &'v str) {
        let values = self.spec.columns.iter().map(|it| value_of(it.key()));
        self.columns.push_row_key(key, values);
    }

    /// Whether the view keeps exemplars.
    pub(crate) fn keeps_exemplars(&self) -> bool {
        aggregation::keeps_exemplars(self.rows.format.kind)
    }

    /// The row of a key, which holds the values of the columns.
    pub(crate) fn find_or_add(&self, key: &str) -> RowLookup {
        let max = self.spec.max_series.unwrap_or_else(default_max_series);
        if let Some(row) = self.rows.table.find_or_add(key, max) {
            return RowLookup::Row(row);
        }
        let key = self.columns.overflow_key(key);
        RowLookup::Overflow(self.rows.overflow(&key))
    }

    /// Adds the row of a key, if it is not there. If the view has as many rows as it may have, this is the overflow row of
    /// the key.
    pub(crate) fn add_row(&self, key: &str) {
        let max = self.spec.max_series.unwrap_or_else(default_max_series);
        if self.rows.table.find_or_add(key, max).is_none() {
            let key = self.columns.overflow_key(key);
            self.rows.table.add_initial(&key);
        }
    }

    /// Calls `f` with each row, in the order of their first measurements, until it fails. No lock is held while `f`
    /// runs.
    pub(crate) fn for_each_row<E>(
        &self,
        mut f: impl FnMut(RowView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.rows.drain_blocking();
        let (mut text, mut ends) = (String::new(), Vec::new());
        // Rows that are added from now on are not read.
        let len = self.rows.len();
        let mut totals = aggregation::row_totals(&self.rows.format, len.min(ROWS_PER_READ));
        for start in (0..len).step_by(ROWS_PER_READ) {
            let rows = start..(start + ROWS_PER_READ).min(len);
            self.rows.read(rows.clone(), &mut *totals);
            text.clear();
            ends.clear();
            let table = &self.rows.table;
            table.copy_keys(rows.clone(), &mut text, &mut ends);
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let keys = starts.zip(&ends).map(|(start, end)| text.get(start..*end));
            for (index, (row, key)) in rows.zip(keys).enumerate() {
                f(RowView {
                    view: self,
                    row: RowId(row),
                    key: key.unwrap_or_default(),
                    totals: &*totals,
                    index,
                })?;
            }
        }
        Ok(())
    }
}

/// A row that was read.
pub(crate) struct RowView<'a> {
    view: &'a LiveView,
    row: RowId,
    /// The values of the columns.
    pub(crate) key: &'a str,
    totals: &'a dyn RowTotals,
    /// The index of the row's total.
    index: usize,
}

impl RowView<'_> {
    /// A copy of all data of the row; `None` for a row that is not shown, because it never had a value.
    pub(crate) fn data(&self) -> Option<Data> {
        let format = &self.view.rows.format;
        let measure = &self.view.spec.measure.descriptor;
        let exemplars = || self.exemplars();
        self.totals.data(format, measure, self.index, &exemplars)
    }

    /// The exported part of the row; `None` for a row that is not shown.
    #[cfg(feature = "prometheus")]
    pub(crate) fn sample(&self) -> Option<Sample<'_>> {
        self.totals.sample(&self.view.rows.format, self.index)
    }

    /// The exemplars of the row's buckets; empty if the row has none.
    pub(crate) fn exemplars(&self) -> Vec<Option<Exemplar>> {
        let format = &self.view.rows.format;
        format.exemplars.of(self.row, format.value_kind)
    }
}

//! A registered view: its definition and its rows.

use std::sync::Arc;
use std::time::SystemTime;

#[cfg(feature = "prometheus")]
use super::Sample;
use super::aggregation::{self, Data, RowTotals};
#[cfg(any(feature = "testing", feature = "pages"))]
use super::column_values::ColumnValues;
use super::column_values::{ColumnSets, SortedValues};
use super::looks::Idle;
use super::observed::{ObservedRows, ObservedState};
use super::reading::{Bounded, Run};
#[cfg(feature = "prometheus")]
use super::removed_rows::Removal;
use super::removed_rows::RemovedRows;
use super::row_starts::RowStart;
use super::rows::Rows;
use super::rows_at::{ROWS_PER_READ, RowKey, RowsAt};
use super::{Exemplar, MetricType, default_max_series, metric_type};
#[cfg(feature = "testing")]
use crate::declare::Column;
#[cfg(feature = "prometheus")]
use crate::declare::Number;
use crate::declare::{Bounds, TagKey, ValueBits, ViewSpec};
use crate::id::{RowId, ViewId};
use crate::sync::Mutex;
use crate::tags::{TagValue, row_key};

/// A registered view.
#[derive(Debug)]
pub(crate) struct LiveView {
    pub(crate) spec: Arc<ViewSpec>,
    columns: ColumnSets,
    /// The rows of a view of a recorded measure. A view of an observed one has none here.
    pub(crate) rows: Arc<Rows>,
    /// Of a view of an observed measure.
    pub(super) observed: Option<ObservedState>,
    /// The keys of the rows that the view has from the start.
    pub(super) initial_keys: SortedValues,
    /// Of a view whose rows go when they are idle.
    pub(super) idle: Option<Idle>,
    pub(super) removed: RemovedRows,
    /// Held by a thread that removes rows, until no measurement finds them any more: another thread that removes the same rows
    /// must not return before.
    pub(super) removing: Mutex<()>,
    /// When it was registered.
    pub(crate) start: SystemTime,
}

/// How many rows a view has.
#[cfg(feature = "prometheus")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowCounts {
    /// All rows.
    #[cfg_attr(
        not(feature = "pages"),
        expect(dead_code, reason = "only pages show it")
    )]
    pub(crate) rows: usize,
    /// Those that count for the bound.
    pub(crate) counted: usize,
    /// The bound.
    #[cfg_attr(
        not(feature = "pages"),
        expect(dead_code, reason = "only pages show it")
    )]
    pub(crate) max: usize,
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
        initial_keys: &SortedValues,
    ) -> Self {
        let max = spec.max_series.unwrap_or_else(default_max_series);
        let value_kind = spec.measure.descriptor.kind;
        let bounds = spec.aggregation.bounds.clone();
        let bounds = bounds.unwrap_or_else(|| Bounds::none(value_kind));
        let unit = spec.measure.descriptor.time_unit();
        let bounds = bounds.with_native(spec.aggregation.native, unit);
        let kind = spec.aggregation.kind;
        let is_idle = spec.idle.is_some();
        let format = aggregation::row_format(id, kind, value_kind, bounds, is_idle);
        let rows = Rows::new(format, max);
        let start = RowStart::now();
        for key in initial_keys.iter() {
            rows.table.add_initial(key, || start);
        }
        let is_observed = spec.measure.descriptor.source.is_observed();
        let has_totals = metric_type(&spec) == MetricType::Counter;
        Self {
            observed: is_observed.then(|| ObservedState::new(has_totals)),
            initial_keys: initial_keys.clone(),
            idle: spec.idle.map(|idle| Idle::new(idle.after)),
            removed: RemovedRows::default(),
            removing: Mutex::default(),
            spec: Arc::new(spec),
            columns,
            rows,
            start: start.time(),
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

    /// Whether a row of this key has the values of the columns that `value_of` returns.
    pub(crate) fn has_values<'v>(
        &self,
        key: &str,
        value_of: impl Fn(&TagKey) -> Option<&'v str>,
    ) -> bool {
        let values = self.spec.columns.iter().map(|it| value_of(it.key()));
        self.columns.has_values(key, values)
    }

    /// Whether the view keeps exemplars.
    pub(crate) fn keeps_exemplars(&self) -> bool {
        aggregation::keeps_exemplars(self.rows.format.kind)
    }

    /// The row of a key, which holds the values of the columns. While there is no room for it, `make_room` is
    /// called, which returns whether it has removed rows.
    #[inline(never)]
    pub(crate) fn find_or_add(&self, key: &str, make_room: fn(&Self) -> bool) -> RowLookup {
        match self.find_or_make_room(key, make_room) {
            Some(row) => RowLookup::Row(row),
            None => RowLookup::Overflow(self.rows.overflow(&self.columns.overflow_key(key))),
        }
    }

    /// Adds the row of a key, if it is not there. If there is no room for it, this is the overflow row of the key.
    pub(crate) fn add_row(&self, key: &str, make_room: fn(&Self) -> bool) {
        if self.find_or_make_room(key, make_room).is_none() {
            let key = self.columns.overflow_key(key);
            self.rows.table.add_initial(&key, RowStart::now);
        }
    }

    fn find_or_make_room(&self, key: &str, make_room: fn(&Self) -> bool) -> Option<RowId> {
        let max = self.max_series();
        loop {
            let row = self.rows.table.find_or_add(key, max);
            if row.is_some() || !make_room(self) {
                return row;
            }
        }
    }

    /// Whether its rows are made from readings.
    pub(crate) fn is_observed(&self) -> bool {
        self.observed.is_some()
    }

    /// Whether rows go when they are idle.
    #[cfg(feature = "prometheus")]
    pub(crate) fn has_idle(&self) -> bool {
        self.idle.is_some()
    }

    /// How many rows were removed for this reason.
    #[cfg(feature = "prometheus")]
    pub(crate) fn removed_rows(&self, reason: Removal) -> u64 {
        self.removed.of(reason)
    }

    /// How many measurements went to overflow rows.
    pub(crate) fn overflowed(&self) -> u64 {
        match &self.observed {
            Some(observed) => observed.overflowed(),
            None => self.rows.overflowed(),
        }
    }

    /// How many rows a view of a recorded measure has.
    #[cfg(feature = "prometheus")]
    pub(crate) fn row_counts(&self) -> RowCounts {
        let (rows, counted) = self.rows.table.counts();
        RowCounts {
            rows,
            counted,
            max: self.max_series(),
        }
    }

    /// How many rows a view of an observed measure has in a collection.
    #[cfg(feature = "prometheus")]
    pub(crate) fn observed_row_counts(&self, rows: &ObservedRows) -> RowCounts {
        let rows = rows.len();
        let max = self.max_series();
        RowCounts {
            rows,
            // Beyond the bound, there are overflow rows.
            counted: rows.min(max),
            max,
        }
    }

    /// For each column the values of its closed set, if it has one.
    #[cfg(feature = "pages")]
    pub(crate) fn closed_columns(&self) -> Vec<Option<&SortedValues>> {
        let columns = self.columns.values.iter();
        let closed = columns.map(|values| match values {
            ColumnValues::Closed { set, .. } => Some(set),
            ColumnValues::Open | ColumnValues::Known(_) => None,
        });
        closed.collect()
    }

    /// How many rows there may be, without those from the start and overflow rows.
    pub(crate) fn max_series(&self) -> usize {
        self.spec.max_series.unwrap_or_else(default_max_series)
    }

    /// The columns that any text may be in: those of which the program knows no values or, if there are none, those of
    /// which it knows some.
    #[cfg(feature = "testing")]
    pub(crate) fn open_columns(&self) -> Vec<&Column> {
        let columns = self.spec.columns.iter().zip(&self.columns.values);
        let of = |is_kind: fn(&ColumnValues) -> bool| -> Vec<&Column> {
            let of_kind = columns.clone().filter(|(_, values)| is_kind(values));
            of_kind.map(|(column, _)| column).collect()
        };
        let open = of(|values| matches!(values, ColumnValues::Open));
        if open.is_empty() {
            return of(|values| matches!(values, ColumnValues::Known(_)));
        }
        open
    }

    /// The rows of a view of an observed measure, for a collection that has this run.
    pub(crate) fn observed_rows(&self, run: &Run<'_>) -> ObservedRows {
        let Some(observed) = &self.observed else {
            return ObservedRows::default();
        };
        let view = Bounded {
            format: &self.rows.format,
            columns: &self.columns,
            max_series: self.max_series(),
        };
        observed.rows(&view, run, |tags| {
            let mut key = String::new();
            self.push_row_key(&mut key, |column| {
                tags.get(column).map_or("", TagValue::as_str)
            });
            key
        })
    }

    /// Calls `f` with each row of a view of an observed measure, in the order of their tags, until it fails.
    pub(crate) fn for_each_observed_row<E>(
        &self,
        rows: &ObservedRows,
        mut f: impl FnMut(RowView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut starts = Vec::new();
        rows.iter().try_for_each(|(key, total)| {
            starts.clear();
            starts.extend(row_key::starts(key));
            f(RowView {
                view: self,
                key: RowKey {
                    text: key,
                    starts: &starts,
                    may_have_special: true,
                },
                source: RowSource::Observed(total),
            })
        })
    }

    /// Calls `f` with each row of a view of a recorded measure, in the order of their first measurements, until it
    /// fails. No lock is held while `f` runs.
    pub(crate) fn for_each_row<E>(
        &self,
        mut f: impl FnMut(RowView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.rows.drain_blocking();
        let table = &self.rows.table;
        // Rows that are added from now on are not read.
        let extent = table.extent();
        let (mut rows, len) = (RowsAt::default(), extent.positions);
        let mut totals = aggregation::row_totals(&self.rows.format, len.min(ROWS_PER_READ));
        for start in (0..len).step_by(ROWS_PER_READ) {
            let positions = start..(start + ROWS_PER_READ).min(len);
            // The table before the words: if a row is removed between the two, and another one is at the same position, the
            // words of the other one are not taken for those of the removed one.
            table.read(positions.clone(), extent, &mut rows);
            if rows.are_there == 0 {
                continue;
            }
            self.rows.read(positions.clone(), &mut rows, &mut *totals);
            for index in 0..positions.len() {
                if rows.are_there & (1 << index) != 0 {
                    f(RowView {
                        view: self,
                        key: rows.key(index),
                        source: RowSource::Recorded {
                            position: start + index,
                            rows: &rows,
                            totals: &*totals,
                            index,
                        },
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// A row that was read.
pub(crate) struct RowView<'a> {
    view: &'a LiveView,
    /// The values of the columns.
    pub(crate) key: RowKey<'a>,
    source: RowSource<'a>,
}

/// Where the data of a row is.
enum RowSource<'a> {
    /// In the totals of the words of all threads.
    Recorded {
        position: usize,
        rows: &'a RowsAt,
        totals: &'a dyn RowTotals,
        /// The index of the row's total.
        index: usize,
    },
    /// Here: the total of what was read.
    Observed(ValueBits),
}

impl RowView<'_> {
    /// A copy of all data of the row; `None` for a row that is not shown, because it never had a value.
    pub(crate) fn data(&self) -> Option<Data> {
        let format = &self.view.rows.format;
        match self.source {
            RowSource::Recorded { totals, index, .. } => {
                let measure = &self.view.spec.measure.descriptor;
                totals.data(format, measure, index, &|| self.exemplars())
            }
            RowSource::Observed(total) => aggregation::combined(format, total),
        }
    }

    /// When the row began: a counter's zero. `None` for a row of an observed measure, whose zero is not known: somebody
    /// else keeps the value.
    pub(crate) fn start(&self) -> Option<SystemTime> {
        match self.source {
            RowSource::Recorded { rows, index, .. } => rows.start(index).map(RowStart::time),
            RowSource::Observed(_) => None,
        }
    }

    /// Whether the view has the row from the start.
    #[cfg(feature = "pages")]
    pub(crate) fn is_initial(&self) -> bool {
        self.view.initial_keys.contains(&self.key.to_joined())
    }

    /// The exported part of the row; `None` for a row that is not shown.
    #[cfg(feature = "prometheus")]
    pub(crate) fn sample(&self) -> Option<Sample<'_>> {
        let format = &self.view.rows.format;
        match self.source {
            RowSource::Recorded { totals, index, .. } => totals.sample(format, index),
            RowSource::Observed(total) => {
                let number = match aggregation::combined(format, total)? {
                    Data::Count(count) => Number::U64(count),
                    Data::Sum(number) | Data::LastValue(number) => number,
                    Data::Distribution(_) => return None,
                };
                Some(Sample::Value(number))
            }
        }
    }

    /// The exemplars of the row's buckets; empty if the row has none.
    pub(crate) fn exemplars(&self) -> Vec<Option<Exemplar>> {
        let format = &self.view.rows.format;
        match self.source {
            RowSource::Recorded { position, rows, .. } if format.exemplars.has_any() => {
                let row = rows.row_at(format, position);
                format.exemplars.of(row, format.value_kind)
            }
            RowSource::Recorded { .. } | RowSource::Observed(_) => Vec::new(),
        }
    }
}

//! A copy of one view's rows.

use std::sync::Arc;
use std::time::SystemTime;

use crate::aggregate::{Data, RowView};
use crate::declare::{AnyTagKey, Column, TagKey};
use crate::tags::{TagMap, TagValue, row_key};

/// The data of a view, `D` for each row: [`Data`], or the data of one aggregation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ViewData<D = Data> {
    /// The rows, in the order in which they were added, except that a row may have the place of one that was
    /// [removed](crate::View::remove); of an observed measure, in the order of their tags.
    pub rows: Vec<Row<D>>,
    /// When the view was registered, to the millisecond. Each row has a [start](Row::start) of its own.
    pub start: SystemTime,
    /// When this copy was made; not before `start`.
    pub end: SystemTime,
    /// How many measurements went to overflow rows, because the view had `max_series` rows already.
    pub overflowed: u64,
}

/// A row: the values of the view's columns, and data.
#[derive(Clone, Debug)]
pub struct Row<D = Data> {
    columns: Arc<[Column]>,
    /// The values of the columns, in the format of [`row_key`].
    key: Box<str>,
    /// When the row began, to the millisecond: the time from which its counts and sums are counted. A row that the view
    /// has from the start begins when the view is registered, another one with its first measurement. A row that was
    /// [removed](crate::View::remove), or was idle, and comes back, begins anew.
    ///
    /// `None` for a row of an [observed measure](crate::Observed): how long somebody else has kept the value is not known.
    pub start: Option<SystemTime>,
    /// The data.
    pub data: D,
}

impl<D> Row<D> {
    pub(super) fn new(columns: &Arc<[Column]>, row: &RowView<'_>, data: D) -> Self {
        Self {
            columns: Arc::clone(columns),
            key: row.key.to_joined().into(),
            start: row.start(),
            data,
        }
    }

    /// The tag keys and values, in the order of the view's columns. A tag that was not set has an empty value.
    pub fn tags(&self) -> impl Iterator<Item = (&TagKey, &str)> {
        self.columns
            .iter()
            .map(Column::key)
            .zip(row_key::values(&self.key))
    }

    /// The labels and values, in the order of the view's columns, for an exporter. See [`Column::label`].
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns
            .iter()
            .map(Column::label)
            .zip(row_key::values(&self.key))
    }

    /// The value of a column; `None` if the view does not have the column. A tag that was not set has an empty value.
    #[must_use]
    pub fn tag(&self, key: &(impl AnyTagKey + ?Sized)) -> Option<&str> {
        self.tags()
            .find(|(column, _)| column.handle() == key.key_handle())
            .map(|(_, value)| value)
    }
}

impl<D> ViewData<D> {
    /// The data of the row for these tags. Tags that are not columns are ignored; a column that has no tag is empty.
    #[must_use]
    pub fn get(&self, tags: &TagMap) -> Option<&D> {
        let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
        self.rows
            .iter()
            .find(|row| row.tags().all(|(key, value)| value_of(key) == value))
            .map(|row| &row.data)
    }
}

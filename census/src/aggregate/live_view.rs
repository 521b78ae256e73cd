//! A registered view: its definition and its rows.

use std::sync::Arc;
use std::time::SystemTime;

use super::{Cell, Row, Rows};
use crate::declare::ViewSpec;
use crate::register::{default_max_series, known_rows};
use crate::tags::packed;

/// The value of every tag of the overflow row.
const OVERFLOW: &str = "_overflow";

/// A view that records.
#[derive(Debug)]
pub(crate) struct LiveView {
    pub(crate) spec: ViewSpec,
    pub(crate) rows: Rows,
    pub(crate) start: SystemTime,
}

/// Where a measurement goes.
pub(crate) enum Found {
    Row(Arc<Row>),
    /// There are too many rows: don't remember this one, so that the next such measurement is counted too.
    Overflow(Arc<Row>),
}

impl LiveView {
    pub(crate) fn new(spec: ViewSpec) -> Self {
        let mut rows = Rows::new();
        for key in known_rows(&spec) {
            rows.add_known(
                &key,
                Cell::new(&spec.aggregation, spec.measure.descriptor.kind),
            );
        }
        Self {
            spec,
            rows,
            start: SystemTime::now(),
        }
    }

    /// The row of these tag values, in the order of the columns.
    pub(crate) fn find(&self, key: &str) -> Found {
        let kind = self.spec.measure.descriptor.kind;
        let max = self.spec.max_series.unwrap_or_else(default_max_series);
        match self
            .rows
            .find(key, max, || Cell::new(&self.spec.aggregation, kind))
        {
            Some(row) => Found::Row(row),
            None => Found::Overflow(self.rows.overflow(
                || self.overflow_key(),
                || Cell::new(&self.spec.aggregation, kind),
            )),
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
}

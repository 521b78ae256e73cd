//! Models of a view's rows.

mod folding;
mod removal;
mod words;

use std::borrow::Cow;
use std::sync::Arc;

use super::{MAX_OWNED_WORDS, Rows};
use crate::aggregate::column_values::{ColumnSets, SortedValues};
use crate::aggregate::{Data, LiveView};
use crate::declare::{
    Distribution, Handle, LastValue, Measure, MeasureCell, MeasureDescriptor, MeasureSource,
    Number, Origin, Sum, ValueKind, View, ViewSpec,
};
use crate::id::{RowId, ViewId};
use std::sync::atomic::Ordering;

/// A measure of integers.
pub(crate) fn measure() -> Handle<MeasureCell> {
    Handle::Shared(Arc::new(MeasureCell::from_descriptor(MeasureDescriptor {
        name: Cow::Borrowed("measure"),
        description: Cow::Borrowed(""),
        unit: Cow::Borrowed("1"),
        kind: ValueKind::I64,
        source: MeasureSource::Recorded,
        origin: Origin::new(module_path!(), file!(), line!(), column!()),
    })))
}

/// A view without columns, which has one row: the sum of a measure's values.
pub(crate) fn sum_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    view(View::<Sum>::sum("view", &values_of(measure)).spec)
}

/// As [`sum_of`]: how the values are distributed.
fn distribution_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    view(View::<Distribution>::distribution("view", &values_of(measure), [2]).spec)
}

/// As [`sum_of`]: the last value.
fn last_value_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    view(View::<LastValue>::last_value("view", &values_of(measure)).spec)
}

fn values_of(measure: &Handle<MeasureCell>) -> Measure<i64> {
    Measure::from_handle(measure.clone())
}

fn view(spec: ViewSpec) -> Arc<LiveView> {
    let view = LiveView::new(
        ViewId::next(),
        spec,
        ColumnSets::open(0),
        &SortedValues::default(),
    );
    view.add_row("");
    Arc::new(view)
}

/// The row of a view without columns.
const ROW: RowId = RowId::first_at(0);

/// What a scrape reads now of the row of a view without columns; `None` if the row is not shown.
fn row(view: &LiveView) -> Option<Data> {
    let mut read = None;
    let whole: Result<(), ()> = view.for_each_row(|row| {
        read = row.data();
        Ok(())
    });
    assert_eq!(whole, Ok(()));
    read
}

/// The sums that a scrape reads now, in the order of the rows.
pub(crate) fn sums(view: &LiveView) -> Vec<i64> {
    let mut sums = Vec::new();
    let whole = view.for_each_row(|row| match row.data() {
        Some(Data::Sum(Number::I64(sum))) => {
            sums.push(sum);
            Ok(())
        }
        other => Err(other),
    });
    assert_eq!(whole, Ok(()));
    sums
}

/// What a scrape reads of a [`sum_of`] now.
pub(crate) fn sum(view: &LiveView) -> i64 {
    match *sums(view) {
        [sum] => sum,
        ref other => unreachable!("the view has one row: {other:?}"),
    }
}

/// Whether chunks of threads that have ended still wait to be folded.
pub(crate) fn has_retired_chunks(view: &LiveView) -> bool {
    !view.rows.pending.lock().retired.is_empty()
}

/// Makes a view one that has more rows than the default limit, and whose threads have as many words as they may.
pub(crate) fn exhaust_words(rows: &Rows) {
    rows.table.model_many_rows();
    rows.format
        .owned_words
        .store(MAX_OWNED_WORDS, Ordering::Relaxed);
}

/// Threads may have words again.
pub(crate) fn release_words(rows: &Rows) {
    rows.format.owned_words.store(0, Ordering::Relaxed);
}

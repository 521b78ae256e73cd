//! Models of a view's rows.

mod folding;
mod native;
mod removal;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{MAX_OWNED_WORDS, Rows};
use crate::aggregate::column_values::{ColumnSets, SortedValues};
use crate::aggregate::{Data, LiveView};
use crate::declare::{
    Distribution, Handle, LastValue, Measure, MeasureCell, MeasureDescriptor, MeasureSource,
    Number, OpenSet, Origin, Sum, TagKey, TagKeyCell, Value, ValueKind, View, ViewSpec,
    static_tag_key, tag_key_cell,
};
use crate::id::{RowId, ViewId};
use crate::tags::row_key;

const ORIGIN: Origin = Origin::new(module_path!(), file!(), line!(), column!());
const COLUMN_CELL: &TagKeyCell = &tag_key_cell::<TagKey>("row", "", false, ORIGIN);
/// The column of views that have one.
pub(crate) static COLUMN: TagKey = static_tag_key::<OpenSet>(COLUMN_CELL);

/// A measure of integers.
pub(crate) fn measure() -> Handle<MeasureCell> {
    measure_of(ValueKind::I64)
}

fn measure_of(kind: ValueKind) -> Handle<MeasureCell> {
    Handle::Shared(Arc::new(MeasureCell::from_descriptor(MeasureDescriptor {
        name: Cow::Borrowed("measure"),
        description: Cow::Borrowed(""),
        unit: Cow::Borrowed("1"),
        kind,
        source: MeasureSource::Recorded,
        origin: ORIGIN,
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

/// As [`distribution_of`], with native buckets beside the classic ones. In models, a row has at most two of them before the
/// resolution is halved.
fn native_distribution_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    let view = View::<Distribution>::distribution("view", &values_of(measure), [2]);
    self::view(view.native(2.0).spec)
}

/// As [`sum_of`]: the last value.
fn last_value_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    view(View::<LastValue>::last_value("view", &values_of(measure)).spec)
}

/// A view with one column: the sums of a measure's values. It has no rows yet.
pub(crate) fn sums_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    view_by_column(
        View::<Sum>::sum("view", &values_of(measure))
            .column(&COLUMN)
            .spec,
    )
}

/// As [`sums_of`], with at most one row, which goes when it is idle for so long.
pub(crate) fn sum_with_idle(measure: &Handle<MeasureCell>, idle: Duration) -> Arc<LiveView> {
    let view = View::<Sum>::sum("view", &values_of(measure)).column(&COLUMN);
    view_by_column(view.max_series(1).idle(idle).spec)
}

/// As [`sums_of`], of floats.
fn float_sums_of(measure: &Handle<MeasureCell>) -> Arc<LiveView> {
    let measure: Measure<f64> = typed(measure);
    view_by_column(View::<Sum>::sum("view", &measure).column(&COLUMN).spec)
}

fn values_of(measure: &Handle<MeasureCell>) -> Measure<i64> {
    typed(measure)
}

fn typed<T: Value>(measure: &Handle<MeasureCell>) -> Measure<T> {
    Measure::from_handle(measure.clone())
}

fn view(spec: ViewSpec) -> Arc<LiveView> {
    let view = new_view(spec, 0);
    view.add_row("", |_| false);
    view
}

fn view_by_column(spec: ViewSpec) -> Arc<LiveView> {
    new_view(spec, 1)
}

fn new_view(spec: ViewSpec, columns: usize) -> Arc<LiveView> {
    let columns = ColumnSets::open(columns);
    let initial_keys = SortedValues::default();
    Arc::new(LiveView::new(ViewId::next(), spec, columns, &initial_keys))
}

/// The key of the row with this value of the column.
pub(crate) fn key_of(value: &str) -> String {
    let mut key = String::new();
    row_key::push(&mut key, value);
    key
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

/// The sums that a scrape reads now, by the value of the column. No row is there twice.
pub(crate) fn sums(view: &LiveView) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for_each_sum(view, |key, sum| {
        let Number::I64(sum) = sum else {
            unreachable!("the values are integers: {sum:?}");
        };
        let value: String = row_key::values(key).collect();
        let former = sums.insert(value, sum);
        assert!(former.is_none(), "a scrape reads the row of {key:?} twice");
    });
    sums
}

/// What a scrape reads of a [`sum_of`] now.
pub(crate) fn sum(view: &LiveView) -> i64 {
    let sums = sums(view);
    let mut sums = sums.values();
    match (sums.next(), sums.next()) {
        (Some(sum), None) => *sum,
        other => unreachable!("the view has one row: {other:?}"),
    }
}

fn for_each_sum(view: &LiveView, mut f: impl FnMut(&str, Number)) {
    let whole = view.for_each_row(|row| match row.data() {
        Some(Data::Sum(sum)) => {
            f(&row.key.to_joined(), sum);
            Ok(())
        }
        other => Err(other),
    });
    assert_eq!(whole, Ok(()));
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

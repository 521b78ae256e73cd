//! Readers that have looked at the table before rows were removed.

use std::borrow::Cow;
use std::sync::Arc;

use super::*;
use crate::aggregate::column_values::{ColumnSets, SortedValues};
use crate::aggregate::{Data, LiveView, RowLookup, Shard, aggregation};
use crate::declare::{
    Handle, Measure, MeasureCell, MeasureDescriptor, MeasureSource, OpenSet, Origin, Sum, TagKey,
    TagKeyCell, ValueBits, ValueKind, View, static_tag_key, tag_key_cell,
};
use crate::id::{ThreadId, ViewId};
use crate::tags::row_key;

fn sums() -> LiveView {
    const ORIGIN: Origin = Origin::new(module_path!(), file!(), line!(), column!());
    const KEY: &TagKeyCell = &tag_key_cell::<TagKey>("row", "", false, ORIGIN);
    let measure = Handle::Shared(Arc::new(MeasureCell::from_descriptor(MeasureDescriptor {
        name: Cow::Borrowed("measure"),
        description: Cow::Borrowed(""),
        unit: Cow::Borrowed("1"),
        kind: ValueKind::F64,
        source: MeasureSource::Recorded,
        origin: ORIGIN,
    })));
    let view = View::<Sum>::sum("view", &Measure::<f64>::from_handle(measure));
    let spec = view.column(&static_tag_key::<OpenSet>(KEY)).spec;
    let (columns, keys) = (ColumnSets::open(1), SortedValues::default());
    LiveView::new(ViewId::next(), spec, columns, &keys)
}

fn key_of(value: &str) -> String {
    let mut key = String::new();
    row_key::push(&mut key, value);
    key
}

fn row(view: &LiveView, value: &str) -> RowId {
    match view.find_or_add(&key_of(value), |_| false) {
        RowLookup::Row(row) => row,
        RowLookup::Overflow(_) => panic!("there is room"),
    }
}

fn record(target: &Target, value: f64) {
    target.record(ValueBits(value.to_bits()));
}

/// What a reader reads now that has looked at the table before.
fn read(view: &LiveView, rows: &mut RowsAt) -> Option<Data> {
    let format = &view.rows.format;
    let mut totals = aggregation::row_totals(format, 1);
    view.rows.read(0..1, rows, &mut *totals);
    let measure = &view.spec.measure.descriptor;
    let is_there = rows.are_there & 1 != 0;
    is_there
        .then(|| totals.data(format, measure, 0, &Vec::new))
        .flatten()
}

fn table_now(view: &LiveView) -> RowsAt {
    let mut rows = RowsAt::default();
    let table = &view.rows.table;
    table.read(0..1, table.extent(), &mut rows);
    rows
}

fn all(view: &LiveView) -> Vec<Option<Data>> {
    let mut all = Vec::new();
    let whole: Result<(), ()> = view.for_each_row(|row| {
        all.push(row.data());
        Ok(())
    });
    assert_eq!(whole, Ok(()));
    all
}

#[test]
fn a_late_reader_does_not_raise_the_sum_of_the_next_row_at_the_same_position() {
    let view = sums();
    let old = row(&view, "old");
    record(&view.rows.shared_target(old), 1_000.0);
    let mut late = table_now(&view);
    let removed = view.rows.table.remove(&key_of("old"), false);
    let new = row(&view, "new");
    assert_eq!(old.position, new.position);
    let mut shard = Shard::new(&view.rows, ThreadId::next());
    record(&shard.target(&view.rows, new), 1.0);
    assert_eq!(read(&view, &mut late), None);
    view.rows.forget(&removed);
    assert_eq!(all(&view), [Some(Data::Sum(1.0.into()))]);
}

#[test]
fn a_late_reader_reads_all_of_a_removed_row_or_nothing() {
    let view = sums();
    let old = row(&view, "old");
    let mut shard = Shard::new(&view.rows, ThreadId::next());
    record(&shard.target(&view.rows, old), 1.0);
    record(&view.rows.shared_target(old), 1_000.0);
    let mut late = table_now(&view);
    assert_eq!(read(&view, &mut late), Some(Data::Sum(1_001.0.into())));
    view.rows.table.remove(&key_of("old"), false);
    assert_eq!(read(&view, &mut late), Some(Data::Sum(1_001.0.into())));
    view.rows.shared_target(row(&view, "new"));
    assert_eq!(read(&view, &mut late), None);
}

#[test]
fn chunks_that_are_gone_do_not_wait_for_a_reader() {
    let view = sums();
    let mut shard = Shard::new(&view.rows, ThreadId::next());
    for _ in 0..1_000 {
        let row = row(&view, "row");
        record(&shard.target(&view.rows, row), 1.0);
        assert_eq!(view.remove_row(&key_of("row"), || ()).rows, 1);
        shard.drop_gone();
    }
    assert!(view.rows.pending.lock().new.len() <= 1);
    assert!(view.rows.format.owned_words.load(Ordering::Relaxed) <= 64);
}

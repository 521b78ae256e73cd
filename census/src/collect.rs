//! Step 5, **collect**: a plain copy of what the views hold.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::SystemTime;

use crate::aggregate::{Data, LiveView};
use crate::declare::{Aggregation, Origin, TagKey, View};
use crate::register;
use crate::tags::{TagMap, TagValue, row_key};

/// The data of a view.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ViewData<D = Data> {
    /// The rows, in the order of their appearance.
    pub rows: Vec<Row<D>>,
    /// When the view was registered.
    pub start: SystemTime,
    /// When this copy was taken; not before `start`.
    pub end: SystemTime,
    /// How many measurements went to the overflow row, because the view had as many rows as it may have.
    pub overflowed: u64,
}

/// A row: tag values and data.
#[derive(Clone, Debug)]
pub struct Row<D = Data> {
    columns: Arc<[TagKey]>,
    /// The columns' values: a [`row_key`].
    key: Box<str>,
    /// What the row holds.
    pub data: D,
}

impl<D> Row<D> {
    /// The tags, in the order of the view's columns. A tag that was not set is empty.
    pub fn tags(&self) -> impl Iterator<Item = (&TagKey, &str)> {
        self.columns.iter().zip(row_key::values(&self.key))
    }

    /// The value of a column; `None` if the view does not have it. A tag that was not set is empty.
    #[must_use]
    pub fn tag(&self, key: &TagKey) -> Option<&str> {
        self.tags()
            .find(|(column, _)| *column == key)
            .map(|(_, value)| value)
    }
}

impl<D> ViewData<D> {
    /// The data of the row for these tags. Tags that are no columns don't matter; a column that they don't set is
    /// empty.
    #[must_use]
    pub fn get(&self, tags: &TagMap) -> Option<&D> {
        let wanted = |key| tags.get(key).map_or("", TagValue::as_str);
        self.rows
            .iter()
            .find(|row| row.tags().all(|(key, value)| wanted(key) == value))
            .map(|row| &row.data)
    }
}

/// The data of every view, taken one view after the other while others record: no cut across views, and a row may lack
/// the last part of a measurement that is being added in that very moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) views: Vec<(Arc<LiveView>, ViewData)>,
}

/// A view of a [`Snapshot`].
#[derive(Clone, Copy, Debug)]
pub struct SnapshotView<'a> {
    live: &'a LiveView,
    /// Its rows.
    pub data: &'a ViewData,
}

impl Snapshot {
    /// The views, in the order of their declarations (by crate, file and line), and after them those registered at run
    /// time.
    #[must_use]
    pub fn views(&self) -> impl ExactSizeIterator<Item = SnapshotView<'_>> {
        self.views
            .iter()
            .map(|(live, data)| SnapshotView { live, data })
    }

    /// The view of this name.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<SnapshotView<'_>> {
        self.views().find(|view| view.name() == name)
    }
}

impl<'a> SnapshotView<'a> {
    /// The view's name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.live.spec.name
    }

    /// The view's description, or its measure's.
    #[must_use]
    pub fn description(&self) -> &'a str {
        &self.live.spec.description
    }

    /// The name of its measure.
    #[must_use]
    pub fn measure(&self) -> &'a str {
        &self.live.spec.measure.descriptor.name
    }

    /// The unit of its measure.
    #[must_use]
    pub fn unit(&self) -> &'a str {
        &self.live.spec.measure.descriptor.unit
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &'a [TagKey] {
        &self.live.spec.columns
    }

    /// Where it was declared.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.live.spec.origin
    }
}

/// The data of every registered view.
#[must_use]
pub fn snapshot() -> Snapshot {
    let views = register::views().into_iter().map(|live| {
        let data = collect(&live, Some);
        (live, data)
    });
    Snapshot {
        views: views.collect(),
    }
}

fn collect<D>(live: &Arc<LiveView>, data: impl Fn(Data) -> Option<D>) -> ViewData<D> {
    let mut rows = Vec::new();
    let collected = live.each(|row| {
        rows.extend(row.data().and_then(&data).map(|data| Row {
            columns: Arc::clone(&live.spec.columns),
            key: Box::from(row.key),
            data,
        }));
        Ok::<(), Infallible>(())
    });
    let Ok(()) = collected;
    ViewData {
        rows,
        start: live.start,
        // The clock may have been set back.
        end: SystemTime::now().max(live.start),
        overflowed: live.rows.overflowed(),
    }
}

impl<A: Aggregation> View<A> {
    /// What the view holds now: what a unit test asserts on.
    ///
    /// A view that is not registered, or was refused (see [`check`](crate::check)), has no rows.
    #[must_use]
    pub fn data(&self) -> ViewData<A::Data> {
        if let Some(live) = register::find(&self.spec()) {
            return collect(&live, A::data);
        }
        let now = SystemTime::now();
        ViewData {
            rows: Vec::new(),
            start: now,
            end: now,
            overflowed: 0,
        }
    }

    /// Whether the view is in the catalogue.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        register::find(&self.spec()).is_some()
    }
}

//! A copy of all views' rows.

use std::sync::Arc;
use std::time::SystemTime;

use super::collection::Collection;
use super::view_data::ViewData;
use crate::aggregate::{Aggregation, MetricType, metric_type};
use crate::declare::{AggregationKind, Bounds, Column, Number, Origin, ValueKind, View, ViewSpec};

/// The data of every view.
///
/// The views are read one after the other while threads record, so a snapshot is no consistent cut across views. A row may
/// lack the last part of a measurement that was being added while the row was read.
#[derive(Clone, Debug)]
pub struct Snapshot {
    views: Vec<(Arc<ViewSpec>, ViewData)>,
}

/// A view of a [`Snapshot`]: its definition and its data.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotView<'a> {
    spec: &'a ViewSpec,
    /// The rows.
    pub data: &'a ViewData,
}

impl Snapshot {
    /// The views, in the order of their declarations (by crate, file and line), and after them those that were registered
    /// at run time.
    #[must_use]
    pub fn views(&self) -> impl ExactSizeIterator<Item = SnapshotView<'_>> {
        self.views
            .iter()
            .map(|(spec, data)| SnapshotView { spec, data })
    }

    /// The view of this name.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<SnapshotView<'_>> {
        self.views().find(|view| view.name() == name)
    }
}

impl<'a> SnapshotView<'a> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.spec.name
    }

    /// The description; the measure's, if the view has none.
    #[must_use]
    pub fn description(&self) -> &'a str {
        &self.spec.description
    }

    /// The name of the measure.
    #[must_use]
    pub fn measure(&self) -> &'a str {
        &self.spec.measure.descriptor.name
    }

    /// The unit of the measure, a UCUM string. A [`Count`](crate::Count) counts measurements, whatever this unit.
    #[must_use]
    pub fn unit(&self) -> &'a str {
        &self.spec.measure.descriptor.unit
    }

    /// The type of the measure's values.
    #[must_use]
    pub fn value_kind(&self) -> ValueKind {
        self.spec.measure.descriptor.kind
    }

    /// How the view aggregates.
    #[must_use]
    pub fn aggregation(&self) -> AggregationKind {
        self.spec.aggregation.kind
    }

    /// Whether no number of a row's data ever falls while the view is registered: true of a `Count`, and of a `Sum` or
    /// `Distribution` of values that cannot be negative (`u64`, `Duration`).
    #[must_use]
    pub fn is_monotonic(&self) -> bool {
        match metric_type(self.spec) {
            MetricType::Counter => true,
            MetricType::Gauge => false,
            MetricType::Histogram => self.value_kind().is_unsigned(),
        }
    }

    /// The bounds of the buckets, increasing, in the type of the measure's values; empty for an aggregation without
    /// buckets. The last bucket has no bound.
    #[must_use]
    pub fn buckets(&self) -> &'a [Number] {
        let bounds = self.spec.aggregation.bounds.as_ref();
        bounds.map_or(&[], |bounds| Bounds::numbers(bounds))
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &'a [Column] {
        &self.spec.columns
    }

    /// When the view was registered, and began to count.
    #[must_use]
    pub fn start(&self) -> SystemTime {
        self.data.start
    }

    /// Where the view was declared.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.spec.origin
    }
}

/// The data of every registered view.
#[must_use]
pub fn snapshot() -> Snapshot {
    let collection = Collection::of_all();
    let views = collection
        .views()
        .map(|view| (Arc::clone(view.spec()), view.data(Some)));
    Snapshot {
        views: views.collect(),
    }
}

impl<A: Aggregation> View<A> {
    /// A copy of the view's rows: what a unit test asserts on.
    ///
    /// A view that is not registered, or was rejected (see [`check`](crate::check)), has no rows.
    #[must_use]
    pub fn data(&self) -> ViewData<A::Data> {
        let collection = Collection::of_view(&self.spec());
        if let Some(view) = collection.views().next() {
            return view.data(A::data);
        }
        let now = SystemTime::now();
        ViewData {
            rows: Vec::new(),
            start: now,
            end: now,
            overflowed: 0,
        }
    }
}

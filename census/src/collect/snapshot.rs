//! A copy of all views' rows.

use std::sync::Arc;
use std::time::SystemTime;

use super::collection::Collection;
use super::view_data::ViewData;
use crate::aggregate::{self, Aggregation, MetricType};
use crate::declare::{AggregationKind, Bounds, Column, Number, Origin, ValueKind, View, ViewSpec};
use crate::observe::DEFAULT_DEADLINE;

/// The data of every view.
///
/// The views are read one after the other while threads record. So a measurement may be in the data of one view and not
/// in that of another, and a row may lack a part of a measurement that a thread was adding while the row was read.
///
/// A snapshot has everything that an exporter needs to write the views in another format:
///
/// ```standalone_crate
/// use census::{AggregationKind, Data, TimeUnit, snapshot};
/// # use std::time::Duration;
/// # use census::{Measure, TagKey, measure, record, tag, view};
/// # #[tag]
/// # static METHOD: TagKey;
/// # /// How long requests take.
/// # #[measure(unit = "ms")]
/// # static LATENCY: Measure<Duration>;
/// # view! {
/// #     static REQUESTS: Count<LATENCY> by (METHOD);
/// #     static SLOWEST: Distribution<LATENCY> { buckets: [Duration::from_millis(5)] }
/// # }
/// # record!(LATENCY = Duration::from_millis(7), tags(METHOD = "GET"));
///
/// let mut lines = Vec::new();
/// for view in snapshot().views() {
///     let (name, unit, start) = (view.name(), view.unit(), view.start());
///     let kind = match view.aggregation() {
///         AggregationKind::Distribution => "histogram",
///         _ if view.is_monotonic() => "counter",
///         _ => "gauge",
///     };
///     assert!(start <= view.data.end);
///     let columns: Vec<(&str, &str)> =
///         view.columns().iter().map(|column| (column.key().name(), column.label())).collect();
///     lines.push(format!("{name}: {kind} of {:?} in {unit} by {columns:?}", view.value_kind()));
///     lines.push(format!("{name}: {}", view.description()));
///
///     // Durations are exported in the unit of the view.
///     let time_unit = TimeUnit::from_ucum(unit).unwrap_or(TimeUnit::Seconds);
///     let bounds = view.buckets().iter().map(|bound| bound.in_unit(time_unit));
///     let bounds: Vec<f64> = bounds.collect();
///     for row in &view.data.rows {
///         let labels: Vec<String> =
///             row.labels().map(|(label, value)| format!("{label}={value:?}")).collect();
///         let value = match &row.data {
///             Data::Count(count) => count.to_string(),
///             Data::Sum(number) | Data::LastValue(number) => number.in_unit(time_unit).to_string(),
///             Data::Distribution(data) => {
///                 format!("{} {:?} {bounds:?}", data.sum.in_unit(time_unit), data.bucket_counts)
///             }
///             _ => continue,
///         };
///         lines.push(format!("{name} {} {value}", labels.join(",")));
///     }
/// }
/// # lines.retain(|line| !line.starts_with("function_calls"));
/// assert_eq!(lines, [
///     r#"requests: counter of Duration in 1 by [("method", "method")]"#,
///     "requests: How long requests take.",
///     r#"requests method="GET" 1"#,
///     "slowest: histogram of Duration in ms by []",
///     "slowest: How long requests take.",
///     "slowest  7 [0, 1] [5.0]",
/// ]);
/// ```
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
    /// The views, in the order of their declarations (by crate, file and line), and after them those that were
    /// registered at run time.
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

    /// The description; the description of the measure, if the view has none.
    #[must_use]
    pub fn description(&self) -> &'a str {
        &self.spec.description
    }

    /// The name of the measure.
    #[must_use]
    pub fn measure(&self) -> &'a str {
        &self.spec.measure.descriptor.name
    }

    /// The unit of the data, a UCUM string: that of the measure, or `1` for a [`Count`](crate::Count), which counts
    /// measurements. A number of [`Duration`](Number::Duration) is exported in this unit; see
    /// [`TimeUnit::from_ucum`](crate::TimeUnit::from_ucum).
    #[must_use]
    pub fn unit(&self) -> &'a str {
        aggregate::unit(self.spec)
    }

    /// The type of the measure's values, and so of the numbers in the data. (The counts in the data are `u64` whatever
    /// the type.)
    #[must_use]
    pub fn value_kind(&self) -> ValueKind {
        self.spec.measure.descriptor.kind
    }

    /// How the view aggregates.
    #[must_use]
    pub fn aggregation(&self) -> AggregationKind {
        self.spec.aggregation.kind
    }

    /// Whether the counts and sums of a row never fall while the row is there: true of a `Count`, and of a `Sum`
    /// or a `Distribution` of values that cannot be negative (`u64`, `Duration`). Of an observed measure, it is true
    /// only of the `Sum` of a total.
    #[must_use]
    pub fn is_monotonic(&self) -> bool {
        match aggregate::metric_type(self.spec) {
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

    /// The schema with which rows begin, if the view has [native buckets](crate::Buckets#native-buckets): from 8 down to -4.
    /// Then [`buckets`](Self::buckets) are the bounds of the classic ones.
    #[must_use]
    pub fn native_schema(&self) -> Option<i32> {
        let native = self.spec.aggregation.native?;
        Some(native.schema)
    }

    /// The columns, each with its tag key and its label. The tags of each row are in the same order.
    #[must_use]
    pub fn columns(&self) -> &'a [Column] {
        &self.spec.columns
    }

    /// When the view was registered, to the millisecond. Each row has a [start](crate::Row::start) of its own.
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

/// The data of every registered view. [Observed measures](crate::Observed) are read. A view of one whose reading has
/// failed has no rows.
#[must_use]
pub fn snapshot() -> Snapshot {
    let collection = Collection::of_all(DEFAULT_DEADLINE);
    let views = collection
        .views()
        .map(|view| (Arc::clone(view.spec()), view.data(Some)));
    Snapshot {
        views: views.collect(),
    }
}

impl<A: Aggregation> View<A> {
    /// A copy of the view's rows, for the assertions of a test, for example.
    ///
    /// A view that is not registered, or was rejected (see [`check`](crate::check)), has no rows. Nor has a view of an
    /// [observed measure](crate::Observed) whose reading has failed. The call waits for readings, for a second at most.
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

//! Views.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Aggregation, AggregationSpec, Bounds, Count, DEFAULT_LATENCY_BUCKETS, Distribution, Handle,
    HasDefaultBuckets, LastValue, Measure, MeasureCell, Origin, StaticBounds, Sum, TagKey, Value,
    name,
};

/// A view: a measure, the tag keys to keep apart (its columns), and an aggregation. Declared with
/// [`view!`](macro@crate::view).
///
/// ```standalone_crate
/// use census::{Measure, TagKey, measure, record, tag, tags, view};
///
/// #[tag]
/// static FRONTEND: TagKey;
/// /// Size of processed videos.
/// #[measure(unit = "By")]
/// static VIDEO_SIZE: Measure<u64>;
///
/// view! {
///     /// Videos processed.
///     static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);
/// }
///
/// record!(VIDEO_SIZE = 25 << 20, tags(FRONTEND = "ios"));
/// assert_eq!(VIDEOS.data().get(&tags!(FRONTEND = "ios")), Some(&1));
/// ```
pub struct View<A: Aggregation> {
    cell: Handle<ViewCell>,
    aggregation: PhantomData<fn() -> A>,
}

/// What a view's `static` refers to.
#[doc(hidden)]
#[derive(Debug)]
pub struct ViewCell(Definition);

#[derive(Debug)]
enum Definition {
    Static(StaticView),
    Owned(ViewSpec),
}

/// A view as [`view!`](macro@crate::view) writes it.
#[derive(Debug)]
struct StaticView {
    name: &'static str,
    description: Option<&'static str>,
    measure: &'static Handle<MeasureCell>,
    aggregation: StaticAggregation,
    columns: &'static [&'static TagKey],
    max_series: Option<usize>,
    in_namespace: bool,
    origin: Origin,
}

/// A view's measure and aggregation, as [`view!`](macro@crate::view) writes them.
#[doc(hidden)]
#[must_use]
pub struct StaticViewSource<A> {
    measure: &'static Handle<MeasureCell>,
    aggregation: StaticAggregation,
    marker: PhantomData<fn() -> A>,
}

#[derive(Clone, Copy, Debug)]
enum StaticAggregation {
    Count,
    Sum,
    LastValue,
    Distribution(StaticBounds),
}

/// What a view is, wherever it came from.
#[derive(Clone, Debug)]
pub(crate) struct ViewSpec {
    pub(crate) name: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    pub(crate) measure: Handle<MeasureCell>,
    pub(crate) aggregation: AggregationSpec,
    pub(crate) columns: Arc<[TagKey]>,
    pub(crate) max_series: Option<usize>,
    /// Whether the exporter's namespace is put before the name.
    pub(crate) in_namespace: bool,
    pub(crate) origin: Origin,
}

impl ViewSpec {
    /// With its measure's description, if it has none.
    pub(crate) fn with_default_description(mut self) -> Self {
        if self.description.is_empty() {
            self.description = self.measure.descriptor.description.clone();
        }
        self
    }

    /// Whether both define the same view; the place does not count.
    pub(crate) fn is_same_definition(&self, other: &Self) -> bool {
        self.name == other.name
            && self.description == other.description
            && self
                .measure
                .descriptor
                .is_same_definition(&other.measure.descriptor)
            && self.aggregation == other.aggregation
            && self.columns == other.columns
            && self.max_series == other.max_series
            && self.in_namespace == other.in_namespace
    }
}

impl<A> StaticViewSource<A> {
    const fn new(measure: &'static Handle<MeasureCell>, aggregation: StaticAggregation) -> Self {
        Self {
            measure,
            aggregation,
            marker: PhantomData,
        }
    }
}

#[doc(hidden)]
pub const fn count<T: Value>(measure: &'static Measure<T>) -> StaticViewSource<Count> {
    StaticViewSource::new(measure.handle(), StaticAggregation::Count)
}

#[doc(hidden)]
pub const fn sum<T: Value>(measure: &'static Measure<T>) -> StaticViewSource<Sum> {
    StaticViewSource::new(measure.handle(), StaticAggregation::Sum)
}

#[doc(hidden)]
pub const fn last_value<T: Value>(measure: &'static Measure<T>) -> StaticViewSource<LastValue> {
    StaticViewSource::new(measure.handle(), StaticAggregation::LastValue)
}

#[doc(hidden)]
pub const fn default_distribution<T: HasDefaultBuckets>(
    measure: &'static Measure<T>,
) -> StaticViewSource<Distribution> {
    let bounds = StaticBounds::Duration(DEFAULT_LATENCY_BUCKETS);
    StaticViewSource::new(measure.handle(), StaticAggregation::Distribution(bounds))
}

/// One method for each type of values, so that `buckets: [0, 16 * MIB]` takes the measure's.
macro_rules! distributions {
    ($($type:ty => $variant:ident),*) => {$(
        impl Measure<$type> {
            #[doc(hidden)]
            #[track_caller]
            pub const fn __distribution(&'static self, bounds: &'static [$type]) -> StaticViewSource<Distribution> {
                StaticViewSource::new(self.handle(), StaticAggregation::Distribution(StaticBounds::$variant(bounds).checked()))
            }
        }
    )*};
}

distributions!(u64 => U64, i64 => I64, f64 => F64, Duration => Duration);

impl ViewCell {
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "generated code makes it in place"
    )]
    pub const fn new<A>(
        name: &'static str,
        description: Option<&'static str>,
        plan: StaticViewSource<A>,
        columns: &'static [&'static TagKey],
        max_series: Option<usize>,
        in_namespace: bool,
        origin: Origin,
    ) -> Self {
        assert!(
            name::is_valid(name),
            "the name of a view is 1 to 255 bytes of printable ASCII"
        );
        assert!(
            !matches!(max_series, Some(0)),
            "`max_series` is at least 1: write another number, or leave it out"
        );
        let StaticViewSource {
            measure,
            aggregation,
            ..
        } = plan;
        Self(Definition::Static(StaticView {
            name,
            description,
            measure,
            aggregation,
            columns,
            max_series,
            in_namespace,
            origin,
        }))
    }

    pub(crate) fn name(&self) -> &str {
        match &self.0 {
            Definition::Static(view) => view.name,
            Definition::Owned(view) => &view.name,
        }
    }

    pub(crate) const fn origin(&self) -> Origin {
        match &self.0 {
            Definition::Static(view) => view.origin,
            Definition::Owned(view) => view.origin,
        }
    }

    pub(crate) fn spec(&self) -> ViewSpec {
        match &self.0 {
            Definition::Static(view) => view.spec(),
            Definition::Owned(view) => view.clone(),
        }
    }
}

impl StaticView {
    fn spec(&self) -> ViewSpec {
        ViewSpec {
            name: Cow::Borrowed(self.name),
            description: self.description.unwrap_or_default().into(),
            measure: self.measure.clone(),
            aggregation: match self.aggregation {
                StaticAggregation::Count => AggregationSpec::Count,
                StaticAggregation::Sum => AggregationSpec::Sum,
                StaticAggregation::LastValue => AggregationSpec::LastValue,
                StaticAggregation::Distribution(bounds) => {
                    AggregationSpec::Distribution(Bounds::from(bounds))
                }
            },
            columns: self.columns.iter().map(|key| (*key).clone()).collect(),
            max_series: self.max_series,
            in_namespace: self.in_namespace,
            origin: self.origin,
        }
        .with_default_description()
    }
}

impl<A: Aggregation> View<A> {
    /// 1 to 255 bytes of printable ASCII (OpenCensus, `stats/DataAggregation.md`); unless given, the identifier in
    /// lower case. It is what one asks Prometheus for, after the namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell.name()
    }

    /// Where it was declared.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.cell.origin()
    }

    pub(crate) fn spec(&self) -> ViewSpec {
        self.cell.spec()
    }

    pub(crate) fn owned(spec: ViewSpec) -> Self {
        Self {
            cell: Handle::Shared(Arc::new(ViewCell(Definition::Owned(spec)))),
            aggregation: PhantomData,
        }
    }

    pub(crate) const fn handle(&'static self) -> &'static Handle<ViewCell> {
        &self.cell
    }
}

/// The view of a static's cell.
#[doc(hidden)]
#[must_use]
pub const fn static_view<A: Aggregation>(cell: &'static ViewCell) -> View<A> {
    View {
        cell: Handle::Static(cell),
        aggregation: PhantomData,
    }
}

impl<A: Aggregation> Clone for View<A> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell.clone(),
            aggregation: PhantomData,
        }
    }
}

impl<A: Aggregation> fmt::Debug for View<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.name()).finish()
    }
}

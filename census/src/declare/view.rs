//! Views.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::columns::AnyOrder;
use super::native::TWICE_NATIVE;
use super::{
    AggregationKind, AggregationSpec, Bounds, Column, Distribution, Handle, IdleOption, Measure,
    MeasureCell, NativeSpec, Origin, StaticBounds, StaticBuckets, StaticColumn, Value, idle, name,
};

/// A view: a measure, an aggregation, and the tag keys by whose values it has rows (its columns). Declared with
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
pub struct View<A> {
    cell: Handle<ViewCell>,
    aggregation: PhantomData<fn() -> A>,
}

/// A view's definition, to which its `static` refers.
#[doc(hidden)]
#[derive(Debug)]
pub struct ViewCell(Definition);

#[derive(Debug)]
enum Definition {
    Static(StaticView),
    Owned(ViewSpec),
}

/// The definition of a view in a `static`.
#[derive(Debug)]
struct StaticView {
    name: &'static str,
    description: Option<&'static str>,
    measure: &'static Handle<MeasureCell>,
    aggregation: StaticAggregation,
    columns: &'static [StaticColumn],
    max_series: Option<usize>,
    idle: Option<IdleOption>,
    in_namespace: bool,
    has_zero_rows: bool,
    is_optional: bool,
    origin: Origin,
}

/// The measure and the aggregation of a view in a `static`.
#[doc(hidden)]
#[must_use]
pub struct StaticViewSource<A> {
    measure: &'static Handle<MeasureCell>,
    aggregation: StaticAggregation,
    marker: PhantomData<fn() -> A>,
}

/// An aggregation with its options, as a `static` has them.
#[derive(Clone, Copy, Debug)]
struct StaticAggregation {
    kind: AggregationKind,
    bounds: Option<StaticBounds>,
    native: Option<NativeSpec>,
}

/// The definition of a view, whether it was declared in a `static` or made at run time.
#[derive(Clone, Debug)]
pub(crate) struct ViewSpec {
    pub(crate) name: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    pub(crate) measure: Handle<MeasureCell>,
    pub(crate) aggregation: AggregationSpec,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) max_series: Option<usize>,
    /// After which time without a measurement a row leaves, unless the view has it from the start. `None`: rows stay.
    pub(crate) idle: Option<IdleOption>,
    /// Whether the exporter's namespace is put before the name.
    pub(crate) in_namespace: bool,
    /// Whether the view has rows with zeros from the start, if all its columns are closed.
    pub(crate) has_zero_rows: bool,
    pub(crate) origin: Origin,
}

impl ViewSpec {
    /// This definition, with the measure's description if it has none of its own.
    pub(crate) fn with_default_description(mut self) -> Self {
        if self.description.is_empty() {
            self.description = self.measure.descriptor.description.clone();
        }
        self
    }

    /// Whether both define the same view, in whichever place. The order of the columns does not matter.
    pub(crate) fn is_same_definition(&self, other: &Self) -> bool {
        self.name == other.name
            && self.description == other.description
            && self
                .measure
                .descriptor
                .is_same_definition(&other.measure.descriptor)
            && self.aggregation == other.aggregation
            && AnyOrder(&self.columns) == AnyOrder(&other.columns)
            && self.max_series == other.max_series
            && self.idle == other.idle
            && self.in_namespace == other.in_namespace
            && self.has_zero_rows == other.has_zero_rows
    }

    /// Why the view cannot have its `idle`.
    pub(crate) fn idle_problem(&self) -> Option<&'static str> {
        let idle = self.idle?;
        if self.measure.descriptor.source.is_observed() {
            return Some(idle::OF_AN_OBSERVED);
        }
        idle::problem(idle.after, &self.columns)
    }
}

impl<A> StaticViewSource<A> {
    /// The measure, and an aggregation without options.
    pub(crate) const fn new<T: Value>(measure: &'static Measure<T>, kind: AggregationKind) -> Self {
        Self {
            measure: measure.handle(),
            aggregation: StaticAggregation {
                kind,
                bounds: None,
                native: None,
            },
            marker: PhantomData,
        }
    }

    /// The same measure and aggregation, with bounds of buckets.
    pub(crate) const fn with_bounds(mut self, bounds: StaticBounds) -> Self {
        self.aggregation.bounds = Some(bounds);
        self
    }

    /// The same measure and aggregation, with these buckets.
    pub(crate) const fn with_buckets(mut self, buckets: StaticBuckets) -> Self {
        self.aggregation.bounds = Some(buckets.bounds);
        self.aggregation.native = buckets.native;
        self
    }
}

/// The same measure and aggregation with the same buckets, which are classic ones, and native buckets beside them.
#[doc(hidden)]
#[track_caller]
pub const fn and_native(
    mut source: StaticViewSource<Distribution>,
    growth: f64,
) -> StaticViewSource<Distribution> {
    assert!(source.aggregation.native.is_none(), "{}", TWICE_NATIVE);
    source.aggregation.native = Some(NativeSpec::checked(growth, true));
    source
}

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
        source: StaticViewSource<A>,
        columns: &'static [StaticColumn],
        max_series: Option<usize>,
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
        } = source;
        Self(Definition::Static(StaticView {
            name,
            description,
            measure,
            aggregation,
            columns,
            max_series,
            idle: None,
            in_namespace: true,
            has_zero_rows: true,
            is_optional: false,
            origin,
        }))
    }

    /// The same view, whose rows leave when they are idle.
    #[track_caller]
    pub(crate) const fn with_idle_option(mut self, idle: IdleOption) -> Self {
        if let Definition::Static(view) = &mut self.0 {
            if let Some(problem) = idle::problem(idle.after, view.columns) {
                #[expect(clippy::panic, reason = "`view!` calls it at compile time")]
                {
                    panic!("{}", problem);
                }
            }
            view.idle = Some(idle);
        }
        self
    }

    /// The same view, outside of the exporter's namespace.
    #[doc(hidden)]
    #[must_use]
    pub const fn outside_of_namespace(mut self) -> Self {
        if let Definition::Static(view) = &mut self.0 {
            view.in_namespace = false;
        }
        self
    }

    /// The same view, which is not registered at the start.
    #[doc(hidden)]
    #[must_use]
    pub const fn optional(mut self) -> Self {
        if let Definition::Static(view) = &mut self.0 {
            view.is_optional = true;
        }
        self
    }

    /// The same view, without rows before the first measurement.
    #[doc(hidden)]
    #[must_use]
    pub const fn without_zero_rows(mut self) -> Self {
        if let Definition::Static(view) = &mut self.0 {
            view.has_zero_rows = false;
        }
        self
    }

    /// Whether the view was declared with `#[optional]`.
    pub(crate) const fn is_optional(&self) -> bool {
        matches!(&self.0, Definition::Static(view) if view.is_optional)
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
            aggregation: AggregationSpec {
                kind: self.aggregation.kind,
                bounds: self.aggregation.bounds.map(Bounds::from),
                native: self.aggregation.native,
            },
            columns: self.columns.iter().map(Column::from).collect(),
            max_series: self.max_series,
            idle: self.idle,
            in_namespace: self.in_namespace,
            has_zero_rows: self.has_zero_rows,
            origin: self.origin,
        }
        .with_default_description()
    }
}

impl<A> View<A> {
    /// The name: 1 to 255 bytes of printable ASCII (OpenCensus, `stats/DataAggregation.md`). Default: the identifier in
    /// lower case. Prometheus knows the view by the exporter's namespace and this name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell.name()
    }

    /// Where the view was declared.
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

    pub(crate) const fn handle(&self) -> &Handle<ViewCell> {
        &self.cell
    }
}

/// The view of a static's cell.
#[doc(hidden)]
#[must_use]
pub const fn static_view<A>(cell: &'static ViewCell) -> View<A> {
    View {
        cell: Handle::Static(cell),
        aggregation: PhantomData,
    }
}

impl<A> Clone for View<A> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell.clone(),
            aggregation: PhantomData,
        }
    }
}

impl<A> fmt::Debug for View<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.name()).finish()
    }
}

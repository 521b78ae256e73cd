//! Views made at run time, and views that come and go.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{check_name, rejected};
use crate::declare::{
    Aggregation, AggregationSpec, Bounds, Count, Distribution, LastValue, Measure, Origin, Sum,
    TagKey, Value, View, ViewSpec,
};
use crate::record;
use crate::register::catalogue::{register_view, unregister_view};
use crate::register::{CatalogueError, ProblemKind};

/// What is said of a view before it is registered. Made by [`View::count`], [`View::sum`], [`View::last_value`] and
/// [`View::distribution`].
#[must_use = "`register` makes the view"]
#[derive(Debug)]
pub struct ViewBuilder<A> {
    spec: ViewSpec,
    problem: Option<&'static str>,
    aggregation: PhantomData<fn() -> A>,
}

impl View<Count> {
    /// A view to be registered at run time: how many measurements there were.
    #[track_caller]
    pub fn count<T: Value>(name: impl Into<String>, measure: &Measure<T>) -> ViewBuilder<Count> {
        ViewBuilder::new(
            name.into(),
            measure,
            AggregationSpec::Count,
            Origin::caller(),
        )
    }
}

impl View<Sum> {
    /// A view to be registered at run time: the sum of the values.
    #[track_caller]
    pub fn sum<T: Value>(name: impl Into<String>, measure: &Measure<T>) -> ViewBuilder<Sum> {
        ViewBuilder::new(name.into(), measure, AggregationSpec::Sum, Origin::caller())
    }
}

impl View<LastValue> {
    /// A view to be registered at run time: the newest value.
    #[track_caller]
    pub fn last_value<T: Value>(
        name: impl Into<String>,
        measure: &Measure<T>,
    ) -> ViewBuilder<LastValue> {
        ViewBuilder::new(
            name.into(),
            measure,
            AggregationSpec::LastValue,
            Origin::caller(),
        )
    }
}

impl View<Distribution> {
    /// A view to be registered at run time: how the values are distributed over buckets, whose bounds are finite and
    /// increase strictly.
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagKey, View};
    ///
    /// let size = Measure::<u64>::builder("upload/size").unit("By").register()?;
    /// let tenant = TagKey::new("tenant")?;
    /// let sizes = View::distribution("upload_bytes", &size, [1 << 10, 1 << 20]).column(&tenant).register()?;
    /// assert!(sizes.unregister());
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    #[track_caller]
    pub fn distribution<T: Value>(
        name: impl Into<String>,
        measure: &Measure<T>,
        bounds: impl IntoIterator<Item = T>,
    ) -> ViewBuilder<Distribution> {
        let origin = Origin::caller();
        let (bounds, problem) = match Bounds::new(bounds) {
            Ok(bounds) => (bounds, None),
            Err(problem) => (Bounds::none(T::KIND), Some(problem)),
        };
        let spec = ViewBuilder::new(
            name.into(),
            measure,
            AggregationSpec::Distribution(bounds),
            origin,
        );
        ViewBuilder { problem, ..spec }
    }
}

impl<A: Aggregation> ViewBuilder<A> {
    fn new<T: Value>(
        name: String,
        measure: &Measure<T>,
        aggregation: AggregationSpec,
        origin: Origin,
    ) -> Self {
        let spec = ViewSpec {
            name: Cow::Owned(name),
            description: Cow::Borrowed(""),
            measure: measure.shared().clone(),
            aggregation,
            columns: Arc::default(),
            max_series: None,
            in_namespace: true,
            origin,
        };
        Self {
            spec,
            problem: None,
            aggregation: PhantomData,
        }
    }

    /// Default: the measure's.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.spec.description = Cow::Owned(description.into());
        self
    }

    /// A column more: a tag key whose values are kept apart.
    pub fn column(mut self, key: &TagKey) -> Self {
        self.spec.columns = self.spec.columns.iter().chain([key]).cloned().collect();
        self
    }

    /// How many rows the view keeps, at least 1. Default: what [`set_default_max_series`](crate::set_default_max_series) says.
    pub fn max_series(mut self, rows: usize) -> Self {
        self.spec.max_series = Some(rows);
        self
    }

    /// Whether the exporter's namespace is put before the view's name. Default: `true`. With `false`, the family has the
    /// view's own name, whatever the exporter.
    pub fn namespace(mut self, in_namespace: bool) -> Self {
        self.spec.in_namespace = in_namespace;
        self
    }

    /// Registers the view: what is recorded from now on counts. If a view of this definition is registered already, it
    /// stays as it is, and the handle is to it.
    ///
    /// # Errors
    /// What is wrong, with both places: another view of this name, or one that exports samples of its names; columns or
    /// bounds that cannot be exported; a `max_series` of 0.
    pub fn register(self) -> Result<View<A>, CatalogueError> {
        let origin = self.spec.origin;
        check_name("view", &self.spec.name, origin)?;
        let problem = match self.spec.max_series {
            Some(0) => Some("`max_series` is at least 1"),
            _ => self.problem,
        };
        if let Some(problem) = problem {
            let message = format!("view `{}`: {problem}", self.spec.name);
            return Err(rejected(ProblemKind::InvalidView, message, origin));
        }
        let view = View::owned(self.spec.with_default_description());
        view.register()?;
        Ok(view)
    }
}

impl<A: Aggregation> View<A> {
    /// Registers the view again after [`unregister`](Self::unregister). It starts with no rows. If it is registered, it
    /// stays as it is.
    ///
    /// # Errors
    /// What is wrong, with both places: by now its names may be taken.
    pub fn register(&self) -> Result<(), CatalogueError> {
        register_view(self.spec()).map_err(|problems| CatalogueError { problems })
    }

    /// Takes the view out of the catalogue, and its rows with it; whether it was there. Nobody records for it any more;
    /// its measure costs nothing if it was the last.
    ///
    /// This thread forgets the rows at once. Another that has recorded for the view, and so remembers where, forgets
    /// them when it ends, or next records tags that it has not met, or that are not all literals or enums. (What a
    /// [`BoundMeasure`](crate::BoundMeasure) has met counts as literals.)
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn unregister(&self) -> bool {
        let was_there = unregister_view(&self.spec());
        if was_there {
            record::forget();
        }
        was_there
    }
}

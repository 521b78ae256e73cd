//! Measures, tag keys and views of programs that learn of them while they run.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::catalogue::{register_key, register_measure, register_view, unregister_view};
use super::{CatalogueError, Problem, ProblemKind, Wiring};
use crate::declare::{
    Aggregation, AggregationSpec, Bounds, Count, Distribution, Handle, Kind, LastValue, Measure,
    MeasureCell, MeasureDescriptor, Origin, Sum, TagKey, TagKeyCell, TimeUnit, Value, View,
    ViewSpec, name,
};
use crate::record;

impl TagKey {
    /// A tag key made at run time. Keys of one name are one key.
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, or if there is a local key of this name.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Result<Self, CatalogueError> {
        Self::register(name.into(), false, Origin::caller())
    }

    /// The same, and its tags are never propagated: what `#[tag(local)]` declares.
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, or if there is a key of this name that is not local.
    #[track_caller]
    pub fn new_local(name: impl Into<String>) -> Result<Self, CatalogueError> {
        Self::register(name.into(), true, Origin::caller())
    }

    fn register(name: String, local: bool, origin: Origin) -> Result<Self, CatalogueError> {
        check_name("tag key", &name, origin)?;
        let cell = TagKeyCell::owned(name, local, origin);
        match register_key(Handle::Shared(Arc::new(cell))) {
            Ok(cell) => Ok(Self::from_handle(cell)),
            Err(problem) => Err(CatalogueError {
                problems: vec![problem],
            }),
        }
    }
}

/// What is said of a measure before it is registered. Made by [`Measure::builder`].
#[must_use = "`register` makes the measure"]
#[derive(Debug)]
pub struct MeasureBuilder<T: Value> {
    descriptor: MeasureDescriptor,
    value: PhantomData<fn(T)>,
}

impl<T: Value> Measure<T> {
    /// A measure to be registered at run time.
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagMap, View};
    ///
    /// let name = String::from("pool/waiting"); // from a file, say
    /// let waiting = Measure::<i64>::builder(name).description("Who waits for a connection.").register()?;
    /// let view = View::last_value("pool_waiting", &waiting).register()?;
    /// waiting.record(3);
    /// assert!(view.data().get(&TagMap::empty()).is_some_and(|value| *value == 3));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    #[track_caller]
    pub fn builder(name: impl Into<String>) -> MeasureBuilder<T> {
        let unit = if T::KIND == Kind::Duration { "s" } else { "1" };
        let descriptor = MeasureDescriptor {
            name: Cow::Owned(name.into()),
            description: Cow::Borrowed(""),
            unit: Cow::Borrowed(unit),
            kind: T::KIND,
            origin: Origin::caller(),
        };
        MeasureBuilder {
            descriptor,
            value: PhantomData,
        }
    }
}

impl<T: Value> MeasureBuilder<T> {
    /// What it measures. Default: nothing.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.descriptor.description = Cow::Owned(description.into());
        self
    }

    /// A UCUM string. Default, also for an empty one: `1`, and `s` for durations.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        let unit = unit.into();
        if !unit.is_empty() {
            self.descriptor.unit = Cow::Owned(unit);
        }
        self
    }

    /// Registers the measure. If there is one of this name and definition already, it is that one. A measure without
    /// handles and views is gone.
    ///
    /// # Errors
    /// If the name is not 1 to 255 bytes of printable ASCII, the unit not 1 to 63 of them without spaces (for a
    /// `Measure<Duration>`, one of `s`, `ms`, `us` and `ns`), or if another measure of this name has another definition.
    pub fn register(self) -> Result<Measure<T>, CatalogueError> {
        let MeasureDescriptor {
            name,
            unit,
            kind,
            origin,
            ..
        } = &self.descriptor;
        check_name("measure", name, *origin)?;
        let problem = match kind {
            Kind::Duration if TimeUnit::from_ucum(unit).is_none() => {
                Some("the unit of durations is `s`, `ms`, `us` or `ns`")
            }
            _ if !name::is_valid_unit(unit) => {
                Some("a unit is a UCUM string: 1 to 63 bytes of printable ASCII without spaces")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            let message = format!("measure `{name}` has the unit `{unit}`: {problem}");
            return Err(refused(ProblemKind::InvalidMeasure, message, *origin));
        }
        let cell = MeasureCell {
            descriptor: self.descriptor,
            wiring: Wiring::new(),
        };
        match register_measure(Handle::Shared(Arc::new(cell))) {
            Ok(cell) => Ok(Measure::from_handle(cell)),
            Err(problem) => Err(CatalogueError {
                problems: vec![problem],
            }),
        }
    }
}

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
            Err(problem) => (Bounds::none::<T>(), Some(problem)),
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

    /// How many rows the view keeps, at least 1. Default: the exporter's.
    pub fn max_series(mut self, rows: usize) -> Self {
        self.spec.max_series = Some(rows);
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
            return Err(refused(ProblemKind::InvalidView, message, origin));
        }
        let view = View::owned(self.spec.described());
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
    /// them when it next records any measure that is viewed, or ends.
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn unregister(&self) -> bool {
        let was_there = unregister_view(&self.spec());
        if was_there {
            record::forget();
        }
        was_there
    }
}

fn check_name(what: &str, name: &str, origin: Origin) -> Result<(), CatalogueError> {
    if name::is_valid(name) {
        return Ok(());
    }
    let message = format!(
        "the name of a {what} is 1 to 255 bytes of printable ASCII, `{}` is not",
        name.escape_debug()
    );
    Err(refused(ProblemKind::InvalidName, message, origin))
}

fn refused(kind: ProblemKind, message: String, refused: Origin) -> CatalogueError {
    CatalogueError {
        problems: vec![Problem {
            kind,
            message,
            refused,
            first: None,
        }],
    }
}

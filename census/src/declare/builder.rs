//! Measures and views that a program makes at run time, before they are registered.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::native::TWICE_NATIVE;
use super::{
    AggregationSpec, AnyMeasure, AnyTagKey, Column, Distribution, IdleOption, Measure,
    MeasureDescriptor, MeasureSource, NativeSpec, Observed, Origin, Value, ValueKind, ViewSpec,
    name,
};

/// A measure before it is registered. Made by [`Measure::builder`].
#[must_use = "`register` makes the measure"]
#[derive(Debug)]
pub struct MeasureBuilder<T: Value> {
    pub(crate) descriptor: MeasureDescriptor,
    value: PhantomData<fn(T)>,
}

/// An observed measure before it is registered. Made by [`Observed::builder`].
#[must_use = "`register` makes the measure"]
#[derive(Debug)]
pub struct ObservedBuilder<T: Value> {
    pub(crate) descriptor: MeasureDescriptor,
    value: PhantomData<fn(T)>,
}

/// A view before it is registered. Made by [`View::count`](crate::View::count), [`View::sum`](crate::View::sum),
/// [`View::last_value`](crate::View::last_value) and [`View::distribution`](crate::View::distribution).
#[must_use = "`register` or `build` makes the view"]
#[derive(Debug)]
pub struct ViewBuilder<A> {
    pub(crate) spec: ViewSpec,
    /// Why the aggregation's options, or the label of a column, cannot be used.
    problem: Option<&'static str>,
    aggregation: PhantomData<fn() -> A>,
}

impl<T: Value> Measure<T> {
    /// A measure to be registered at run time.
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagMap, View};
    ///
    /// let name = String::from("pool/waiting"); // from a file, say
    /// let waiting = Measure::<i64>::builder(name).description("Requests that wait for a connection.").register()?;
    /// let view = View::last_value("pool_waiting", &waiting).register()?;
    /// waiting.record(3);
    /// assert!(view.data().get(&TagMap::new()).is_some_and(|value| *value == 3));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    #[track_caller]
    pub fn builder(name: impl Into<String>) -> MeasureBuilder<T> {
        MeasureBuilder {
            descriptor: descriptor::<T>(name.into(), MeasureSource::Recorded, Origin::caller()),
            value: PhantomData,
        }
    }
}

impl<T: Value> Observed<T> {
    /// An observed measure to be registered at run time.
    ///
    /// ```standalone_crate
    /// use census::{Observed, View, tags};
    ///
    /// let sent = Observed::<u64>::builder("engine/sent").unit("By").total().register()?;
    /// let view = View::sum("engine_sent_bytes", &sent).register()?;
    /// let observation = sent.observe(|seen| seen.record(7, tags!()));
    /// assert!(view.data().get(&tags!()).is_some_and(|sum| *sum == 7));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    #[track_caller]
    pub fn builder(name: impl Into<String>) -> ObservedBuilder<T> {
        ObservedBuilder {
            descriptor: descriptor::<T>(name.into(), MeasureSource::Observed, Origin::caller()),
            value: PhantomData,
        }
    }
}

/// The definition of a measure of this name, with a default for everything else.
fn descriptor<T: Value>(name: String, source: MeasureSource, origin: Origin) -> MeasureDescriptor {
    let unit = if T::KIND == ValueKind::Duration {
        "s"
    } else {
        "1"
    };
    MeasureDescriptor {
        name: Cow::Owned(name),
        description: Cow::Borrowed(""),
        unit: Cow::Borrowed(unit),
        kind: T::KIND,
        source,
        origin,
    }
}

impl MeasureDescriptor {
    fn set_description(&mut self, description: String) {
        self.description = Cow::Owned(description);
    }

    /// Sets the unit. An empty one leaves the default.
    fn set_unit(&mut self, unit: String) {
        if !unit.is_empty() {
            self.unit = Cow::Owned(unit);
        }
    }
}

impl<T: Value> ObservedBuilder<T> {
    /// Sets the description. Default: none.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.descriptor.set_description(description.into());
        self
    }

    /// Sets the unit, as [`MeasureBuilder::unit`] does.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.descriptor.set_unit(unit.into());
        self
    }

    /// Says that the values are running [totals](Observed#totals). They cannot be of an `i64`.
    pub fn total(mut self) -> Self {
        self.descriptor.source = MeasureSource::ObservedTotal;
        self
    }
}

impl<T: Value> MeasureBuilder<T> {
    /// Sets the description. Default: none.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.descriptor.set_description(description.into());
        self
    }

    /// Sets the unit, a UCUM string. Default, also for an empty string: `1`, and `s` for durations.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.descriptor.set_unit(unit.into());
        self
    }
}

impl ViewBuilder<Distribution> {
    /// Adds [native buckets](crate::Buckets#native-buckets) beside the buckets that were given, which are then the classic
    /// ones. Each native bucket is at most `growth` times as great as the one before it, which is a finite number greater than
    /// 1. (For native buckets alone, give [`Buckets::native`](crate::Buckets::native).)
    ///
    /// ```standalone_crate
    /// use census::{Measure, View};
    ///
    /// let size = Measure::<u64>::builder("upload/size").unit("By").register()?;
    /// let sizes = View::distribution("upload_bytes", &size, [1 << 10, 1 << 20]).native(1.1).register()?;
    /// size.record(2_000);
    /// let data = &sizes.data().rows[0].data;
    /// assert_eq!(data.bucket_counts, [0, 1, 0]);
    /// assert_eq!(data.native.as_ref().map(|native| native.schema), Some(3));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    pub fn native(mut self, growth: f64) -> Self {
        let native = &mut self.spec.aggregation.native;
        if native.is_some() {
            self.problem = self.problem.or(Some(TWICE_NATIVE));
        }
        match NativeSpec::new(growth, true) {
            Ok(new) => *native = Some(new),
            Err(problem) => self.problem = self.problem.or(Some(problem)),
        }
        self
    }
}

impl<A> ViewBuilder<A> {
    #[track_caller]
    pub(crate) fn new(
        name: String,
        measure: &impl AnyMeasure,
        aggregation: AggregationSpec,
    ) -> Self {
        let spec = ViewSpec {
            name: Cow::Owned(name),
            description: Cow::Borrowed(""),
            measure: measure.measure_handle().clone(),
            aggregation,
            columns: Arc::default(),
            max_series: None,
            idle: None,
            in_namespace: true,
            has_zero_rows: true,
            origin: Origin::caller(),
        };
        Self {
            spec,
            problem: None,
            aggregation: PhantomData,
        }
    }

    pub(crate) fn with_problem(mut self, problem: Option<&'static str>) -> Self {
        self.problem = problem;
        self
    }

    /// Why the options cannot be used, other than `max_series`.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.problem.or_else(|| self.spec.idle_problem())
    }

    /// Sets the description. Default: the measure's.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.spec.description = Cow::Owned(description.into());
        self
    }

    /// Adds a column: a tag key, whose values are kept apart.
    pub fn column(self, key: &(impl AnyTagKey + ?Sized)) -> Self {
        self.with(Column::new(key.untyped()))
    }

    /// Adds a column whose label is not the key's name but another one: 1 to 255 bytes of printable ASCII, in which every
    /// character outside `[A-Za-z0-9_]` becomes `_`, as in a key's name.
    pub fn column_as(mut self, key: &(impl AnyTagKey + ?Sized), label: &str) -> Self {
        if !name::is_valid(label) {
            let problem = "the label of a column is 1 to 255 bytes of printable ASCII";
            self.problem = self.problem.or(Some(problem));
        }
        self.with(Column::named(key.untyped(), label))
    }

    fn with(mut self, column: Column) -> Self {
        let columns = self.spec.columns.iter().cloned();
        self.spec.columns = columns.chain([column]).collect();
        self
    }

    /// Sets whether the view has a row with zeros for each combination of its columns' values from the start, if all its
    /// columns are [closed](crate::TagKey#closed-sets-of-values). Default: `true`.
    pub fn zero(mut self, has_zero_rows: bool) -> Self {
        self.spec.has_zero_rows = has_zero_rows;
        self
    }

    /// Sets whether the exporter's namespace is put before the view's name. Default: `true`. With `false`, the family
    /// has the view's own name, whatever the exporter.
    pub fn namespace(mut self, in_namespace: bool) -> Self {
        self.spec.in_namespace = in_namespace;
        self
    }

    /// Sets how many rows the view keeps, at least 1. Default: the number of
    /// [`set_default_max_series`](crate::set_default_max_series).
    pub fn max_series(mut self, rows: usize) -> Self {
        self.spec.max_series = Some(rows);
        self
    }

    pub(crate) fn with_idle_option(mut self, idle: IdleOption) -> Self {
        self.spec.idle = Some(idle);
        self
    }
}

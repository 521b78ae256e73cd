//! Registering at run time, for programs that learn of their measures, tag keys and views while they run.

use std::collections::HashSet;
use std::sync::Arc;

use super::catalogue::{find, register_key, register_measure};
use super::on_request::register_views;
use super::{CatalogueError, Problem, ProblemKind, validate};
use crate::aggregate;
use crate::declare::{
    AnyView, Handle, KeyValues, Measure, MeasureBuilder, MeasureCell, MeasureDescriptor,
    MeasureSource, Observed, ObservedBuilder, Origin, TagKey, TagKeyCell, TimeUnit, Value,
    ValueKind, View, ViewBuilder, ViewSet, is_reserved, name,
};
use crate::tags::declared_keys;

impl TagKey {
    /// A tag key made at run time. Keys of one name are one key.
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, or if there is a local key of this name.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Result<Self, CatalogueError> {
        Self::register(name.into(), false, KeyValues::Open, Origin::caller())
    }

    /// A tag key made at run time, with a closed set of values. The program is free to set other values: as those of text
    /// from other processes, they count as `_other`. See [closed sets](Self#closed-sets-of-values).
    ///
    /// Keep a handle: the set is gone with the last handle of the key, and with the last view of it. A view that is
    /// registered already keeps its columns as they are.
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagKey, View, tags};
    ///
    /// let queue = TagKey::with_values("queue", ["low", "high"])?; // from a file, say
    /// let waiting = Measure::<i64>::builder("waiting").register()?;
    /// let view = View::sum("waiting", &waiting).column(&queue).register()?;
    /// assert!(view.data().get(&tags!(queue = "high")).is_some_and(|sum| *sum == 0));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, if a value is not 1 to 255 bytes, if there are no values or one
    /// of them twice, or if there is a local key of this name, or one with another set of values.
    #[track_caller]
    pub fn with_values<V: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, CatalogueError> {
        let (name, origin) = (name.into(), Origin::caller());
        let values: Box<[String]> = values.into_iter().map(Into::into).collect();
        if let Some(problem) = values_problem(&values) {
            let message = format!("tag key `{}`: {problem}", name.escape_debug());
            return Err(invalid(ProblemKind::InvalidTagKey, message, origin));
        }
        Self::register(name, false, KeyValues::Owned(values), origin)
    }

    /// A tag key made at run time, whose tags never leave the process, as those of `#[tag(local)]`.
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, or if there is a key of this name that is not local.
    #[track_caller]
    pub fn new_local(name: impl Into<String>) -> Result<Self, CatalogueError> {
        Self::register(name.into(), true, KeyValues::Open, Origin::caller())
    }

    fn register(
        name: String,
        local: bool,
        values: KeyValues,
        origin: Origin,
    ) -> Result<Self, CatalogueError> {
        check_name("tag key", &name, origin)?;
        let cell = TagKeyCell::owned(name, local, values, origin);
        let cell = register_key(Handle::Shared(Arc::new(cell)))?;
        if local {
            declared_keys::add_local(&cell);
        }
        Ok(Self::from_handle(cell))
    }
}

impl<T: Value> MeasureBuilder<T> {
    /// Registers the measure. If a measure of this name and definition is registered already, returns that one. A
    /// measure is gone when no handle and no view refers to it any more.
    ///
    /// # Errors
    /// If the name is not 1 to 255 bytes of printable ASCII, if the unit is not 1 to 63 bytes of printable ASCII
    /// without spaces (of a `Measure<Duration>`: one of `s`, `ms`, `us` and `ns`), or if another measure of this name
    /// has another definition.
    pub fn register(self) -> Result<Measure<T>, CatalogueError> {
        checked_cell(self.descriptor).map(Measure::from_handle)
    }
}

impl<T: Value> ObservedBuilder<T> {
    /// Registers the measure, as [`MeasureBuilder::register`] does.
    ///
    /// # Errors
    /// Those of [`MeasureBuilder::register`], and if the measure is a [total](Self::total) of `i64`.
    pub fn register(self) -> Result<Observed<T>, CatalogueError> {
        checked_cell(self.descriptor).map(Observed::from_handle)
    }
}

/// The registered cell of this definition.
fn checked_cell(descriptor: MeasureDescriptor) -> Result<Handle<MeasureCell>, CatalogueError> {
    let MeasureDescriptor {
        name,
        unit,
        kind,
        source,
        origin,
        ..
    } = &descriptor;
    check_name("measure", name, *origin)?;
    let problem = match kind {
        ValueKind::Duration if TimeUnit::from_ucum(unit).is_none() => {
            Some("the unit of durations is `s`, `ms`, `us` or `ns`")
        }
        _ if !name::is_valid_unit(unit) => Some(name::INVALID_UNIT),
        _ => None,
    };
    if let Some(problem) = problem {
        let message = format!("measure `{name}` has the unit `{unit}`: {problem}");
        return Err(invalid(ProblemKind::InvalidMeasure, message, *origin));
    }
    if *source == MeasureSource::ObservedTotal && *kind == ValueKind::I64 {
        let message = format!(
            "measure `{name}` is a total of `i64`: a total never falls, so its values are `u64`, `f64` or `Duration`"
        );
        return Err(invalid(ProblemKind::InvalidMeasure, message, *origin));
    }
    register_measure(Handle::Shared(Arc::new(MeasureCell::from_descriptor(
        descriptor,
    ))))
}

impl<A> ViewBuilder<A> {
    /// Registers the view: measurements count from now on. If a view of this definition is registered already, that
    /// view stays as it is, and the handle is to it.
    ///
    /// # Errors
    /// If another view has this name or exports samples of its names, if the columns or the bounds cannot be exported,
    /// if `max_series` is 0, or if the view cannot have its [`idle`](ViewBuilder::idle). The error of a clash names both
    /// places.
    pub fn register(self) -> Result<View<A>, CatalogueError> {
        let view = self.into_view()?;
        view.register()?;
        Ok(view)
    }

    /// Makes the view without registering it: it has no rows, and measurements do not count, until it is
    /// [registered](View::register), by itself or in a [`ViewSet`].
    ///
    /// # Errors
    /// If the name is invalid, if the columns or the bounds cannot be exported, if `max_series` is 0, or if the view cannot
    /// have its [`idle`](ViewBuilder::idle). Whether the view clashes with another one is found out when it is registered.
    pub fn build(self) -> Result<View<A>, CatalogueError> {
        let view = self.into_view()?;
        match validate::column_problems(&view.spec()) {
            problems if problems.is_empty() => Ok(view),
            problems => Err(CatalogueError { problems }),
        }
    }

    /// The view, whose columns are not checked.
    fn into_view(self) -> Result<View<A>, CatalogueError> {
        let origin = self.spec.origin;
        check_name("view", &self.spec.name, origin)?;
        let problem = match self.spec.max_series {
            Some(0) => Some("`max_series` is at least 1"),
            _ => self.problem(),
        };
        if let Some(problem) = problem {
            let message = format!("view `{}`: {problem}", self.spec.name);
            return Err(invalid(ProblemKind::InvalidView, message, origin));
        }
        Ok(View::owned(self.spec.with_default_description()))
    }
}

impl<A> View<A> {
    /// Registers the view for the program: an `#[optional]` one, one that was [built](ViewBuilder::build), or one that
    /// was [unregistered](Self::unregister), which begins without rows. A view that is registered stays as it is; if only
    /// exporters hold it, it now stays when they go. [`ViewSet`] says who holds a view.
    ///
    /// # Errors
    /// If another view has one of its names, if the measure was rejected, or if the view was rejected before. The error of
    /// a clash names both places.
    pub fn register(&self) -> Result<(), CatalogueError> {
        register_views(vec![self.spec()])
    }

    /// Whether the view is registered: for the program or for an exporter.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        find(&self.spec()).is_some()
    }
}

impl ViewSet {
    /// Registers the views for the program, all of them or none: also when an exporter goes that was given the set, they
    /// stay. Views that are registered already stay as they are.
    ///
    /// # Errors
    /// Every problem of the views, as of [`View::register`], with both places. Then the call has registered no view.
    pub fn register(&self) -> Result<(), CatalogueError> {
        register_views(self.specs().collect())
    }
}

impl dyn AnyView + '_ {
    /// Whether the view is registered: for the program or for an exporter.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        find(&self.spec()).is_some()
    }
}

/// Sets how many rows a view without `max_series` keeps, for all views of the program, from now on. The default is
/// [`DEFAULT_MAX_SERIES`](crate::DEFAULT_MAX_SERIES).
///
/// A program sets it before its first measurement: views with closed columns are checked against the number when they are
/// registered, and not again.
///
/// ```standalone_crate
/// census::set_default_max_series(500)?;
/// assert!(census::set_default_max_series(0).is_err());
/// # Ok::<(), census::CatalogueError>(())
/// ```
///
/// # Errors
/// If `rows` is 0. The former limit stays then.
#[track_caller]
pub fn set_default_max_series(rows: usize) -> Result<(), CatalogueError> {
    if rows == 0 {
        let message = "the default `max_series` is at least 1".to_owned();
        return Err(invalid(ProblemKind::InvalidView, message, Origin::caller()));
    }
    aggregate::set_default_max_series(rows);
    Ok(())
}

/// The problem of a closed set of values.
fn values_problem(values: &[String]) -> Option<String> {
    if values.is_empty() {
        return Some("a closed set has at least one value".to_owned());
    }
    let mut seen = HashSet::new();
    values.iter().find_map(|value| {
        let value = value.as_str();
        if value.is_empty() || value.len() > name::MAX_LEN {
            Some(format!(
                "a value has 1 to 255 bytes, {value:?} has {}",
                value.len()
            ))
        } else if is_reserved(value) {
            Some(format!("the value {value:?} is one that views give"))
        } else if !seen.insert(value) {
            Some(format!("the value {value:?} is given twice"))
        } else {
            None
        }
    })
}

fn check_name(item: &str, name: &str, origin: Origin) -> Result<(), CatalogueError> {
    if name::is_valid(name) {
        return Ok(());
    }
    let message = format!(
        "the name of a {item} is 1 to 255 bytes of printable ASCII, `{}` is not",
        name.escape_debug()
    );
    Err(invalid(ProblemKind::InvalidName, message, origin))
}

/// The error of a declaration that is wrong by itself.
fn invalid(kind: ProblemKind, message: String, rejected_at: Origin) -> CatalogueError {
    CatalogueError::from(Problem {
        kind,
        message,
        rejected_at,
        kept_at: None,
    })
}

//! Measures made at run time.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{check_name, rejected};
use crate::declare::{
    Handle, Measure, MeasureCell, MeasureDescriptor, Origin, TimeUnit, Value, ValueKind, name,
};
use crate::register::catalogue::register_measure;
use crate::register::{CatalogueError, ProblemKind, Wiring};

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
    /// assert!(view.data().get(&TagMap::new()).is_some_and(|value| *value == 3));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    #[track_caller]
    pub fn builder(name: impl Into<String>) -> MeasureBuilder<T> {
        let unit = if T::KIND == ValueKind::Duration {
            "s"
        } else {
            "1"
        };
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
            ValueKind::Duration if TimeUnit::from_ucum(unit).is_none() => {
                Some("the unit of durations is `s`, `ms`, `us` or `ns`")
            }
            _ if !name::is_valid_unit(unit) => Some(name::INVALID_UNIT),
            _ => None,
        };
        if let Some(problem) = problem {
            let message = format!("measure `{name}` has the unit `{unit}`: {problem}");
            return Err(rejected(ProblemKind::InvalidMeasure, message, *origin));
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

//! Measured functions, as the linker knows them.

use std::fmt;
use std::panic::RefUnwindSafe;
use std::time::Duration;

use super::{Measure, MeasureCell, Origin, Value, name};
use crate::calls::{IN_FLIGHT, LATENCY};

/// A function with `#[measure]`.
#[doc(hidden)]
#[derive(Debug)]
pub struct FunctionCell {
    name: &'static str,
    results: &'static [&'static str],
    latencies: &'static [&'static Measure<Duration>],
    in_flight: Option<&'static Measure<i64>>,
    values: &'static [&'static dyn AnyMeasure],
    origin: Origin,
}

/// A measure of any type. What every measure is must be said here: a future that is measured is to be what it was.
#[doc(hidden)]
pub trait AnyMeasure: Send + Sync + RefUnwindSafe + fmt::Debug {
    #[doc(hidden)]
    fn __name(&self) -> &str;
}

impl<T: Value> AnyMeasure for Measure<T> {
    fn __name(&self) -> &str {
        self.name()
    }
}

/// The name that a function was given, checked.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn function_name(name: &'static str) -> &'static str {
    assert!(
        !name.is_empty() && name.len() <= name::MAX_LEN,
        "the name of a function is 1 to 255 bytes"
    );
    name
}

impl FunctionCell {
    /// A function; `results` are those that it can be known to have before its first call. The measures are of the
    /// calls' durations, of the calls in flight, and of values taken from what they return.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        results: &'static [&'static str],
        latencies: &'static [&'static Measure<Duration>],
        in_flight: Option<&'static Measure<i64>>,
        values: &'static [&'static dyn AnyMeasure],
        origin: Origin,
    ) -> Self {
        Self {
            name,
            results,
            latencies,
            in_flight,
            values,
            origin,
        }
    }

    /// A function that is measured by the built-in measures.
    #[doc(hidden)]
    #[must_use]
    pub const fn bare(
        name: &'static str,
        results: &'static [&'static str],
        origin: Origin,
    ) -> Self {
        Self::new(name, results, &LATENCIES, Some(&IN_FLIGHT), &[], origin)
    }

    pub(crate) const fn latencies(&self) -> &'static [&'static Measure<Duration>] {
        self.latencies
    }

    pub(crate) const fn in_flight(&self) -> Option<&'static Measure<i64>> {
        self.in_flight
    }

    pub(crate) const fn name(&self) -> &&'static str {
        &self.name
    }

    pub(crate) const fn module(&self) -> &&'static str {
        self.origin.module_ref()
    }

    pub(crate) const fn results(&self) -> &'static [&'static str] {
        self.results
    }

    /// Whether its calls' durations go into this measure.
    pub(crate) fn times(&self, measure: &MeasureCell) -> bool {
        let name = &*measure.descriptor.name;
        self.latencies.iter().any(|other| other.name() == name)
    }

    /// Whether its calls record into this measure.
    pub(crate) fn records(&self, measure: &MeasureCell) -> bool {
        let name = &*measure.descriptor.name;
        self.times(measure)
            || self.in_flight.iter().any(|other| other.name() == name)
            || self.values.iter().any(|other| other.__name() == name)
    }
}

static LATENCIES: [&Measure<Duration>; 1] = [&LATENCY];

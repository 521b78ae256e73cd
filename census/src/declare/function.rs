//! The descriptions of measured functions, which the linker gathers.

use std::time::Duration;

use super::{AnyMeasure, Measure, MeasureCell, name};

/// A function with `#[measure]`: its name, the path of its module, and the measures into which its calls record.
#[doc(hidden)]
#[derive(Debug)]
pub struct FunctionCell {
    name: &'static str,
    module: &'static str,
    measures: &'static FunctionMeasures,
    results: KnownResults,
}

/// The measures into which a function's calls record: `latencies` their durations, `in_flight` how many are in flight,
/// `values` what is taken from the returned values.
#[doc(hidden)]
#[derive(Debug)]
pub struct FunctionMeasures {
    pub latencies: &'static [&'static Measure<Duration>],
    pub in_flight: Option<&'static Measure<i64>>,
    pub values: &'static [&'static dyn AnyMeasure],
}

/// The call results that are known from a function's return type. Every call may panic, too.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct KnownResults {
    pub ok: bool,
    pub error: bool,
    pub cancelled: bool,
}

/// The name that `#[measure(name = …)]` gives a function, checked.
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
    /// A function and its measures.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        module: &'static str,
        measures: &'static FunctionMeasures,
        results: KnownResults,
    ) -> Self {
        Self {
            name,
            module,
            measures,
            results,
        }
    }

    pub(crate) const fn latencies(&self) -> &'static [&'static Measure<Duration>] {
        self.measures.latencies
    }

    pub(crate) const fn in_flight(&self) -> Option<&'static Measure<i64>> {
        self.measures.in_flight
    }

    /// The measures of what is taken from the returned values.
    pub(crate) const fn values(&self) -> &'static [&'static dyn AnyMeasure] {
        self.measures.values
    }

    pub(crate) const fn name(&self) -> &&'static str {
        &self.name
    }

    pub(crate) const fn module(&self) -> &&'static str {
        &self.module
    }

    pub(crate) const fn results(&self) -> KnownResults {
        self.results
    }

    /// Whether the durations of its calls are recorded into this measure.
    pub(crate) fn times(&self, measure: &MeasureCell) -> bool {
        let name = &*measure.descriptor.name;
        self.latencies().iter().any(|other| other.name() == name)
    }

    /// Whether its calls record into this measure.
    pub(crate) fn records(&self, measure: &MeasureCell) -> bool {
        let name = &*measure.descriptor.name;
        self.times(measure)
            || self.in_flight().iter().any(|other| other.name() == name)
            || self
                .values()
                .iter()
                .any(|other| other.measure_handle().descriptor.name == name)
    }
}

//! Measured functions, as the linker knows them.

use super::{Handle, Measure, MeasureCell, Origin, Value};

/// A function with `#[measure]`.
#[doc(hidden)]
#[derive(Debug)]
pub struct FunctionCell {
    name: &'static str,
    results: &'static [&'static str],
    measures: &'static [&'static dyn AnyMeasure],
    origin: Origin,
}

/// A measure of any type.
#[doc(hidden)]
pub trait AnyMeasure: Send + Sync + std::fmt::Debug {
    #[doc(hidden)]
    fn __handle(&self) -> AnyHandle<'_>;
}

/// What a measure refers to.
#[doc(hidden)]
pub struct AnyHandle<'a>(pub(crate) &'a Handle<MeasureCell>);

impl<T: Value> AnyMeasure for Measure<T> {
    fn __handle(&self) -> AnyHandle<'_> {
        AnyHandle(self.shared())
    }
}

impl FunctionCell {
    /// A function; `results` are those that it can be known to have before its first call; `measures` are all that its
    /// calls record into.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        results: &'static [&'static str],
        measures: &'static [&'static dyn AnyMeasure],
        origin: Origin,
    ) -> Self {
        Self {
            name,
            results,
            measures,
            origin,
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn module(&self) -> &'static str {
        self.origin.module()
    }

    pub(crate) const fn results(&self) -> &'static [&'static str] {
        self.results
    }

    /// Whether its calls record into this measure.
    pub(crate) fn records(&self, measure: &MeasureCell) -> bool {
        self.measures
            .iter()
            .any(|other| other.__handle().0.descriptor.name == measure.descriptor.name)
    }
}

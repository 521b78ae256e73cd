//! The functions that read observed statics: `static QUEUE_DEPTH: Observed<u64> = || …;`.

use std::fmt;
use std::marker::PhantomData;

use super::readings::{Readings, Said};
use super::source::Source;
use crate::declare::check::ReadMeasure;
use crate::declare::{MeasureCell, Value};

/// A function that reads a measure of `T`: `fn() -> T`, or `fn(&mut Readings<'_, T>)`. The compiler finds out which, as
/// `Shape`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read a value of type `{T}`",
    label = "expected a function that returns a `{T}`, or one that takes a `&mut Readings<'_, {T}>`",
    note = "write a closure: `|| 5` for one value, `|seen| seen.record(5, tags!(POOL = \"main\"))` for values with tags"
)]
pub trait ReadingFunction<T: Value, Shape> {
    /// Says the values.
    fn read(&self, readings: &mut Readings<'_, T>);
}

/// The shape of a function that returns a value, which has no tags.
#[doc(hidden)]
#[derive(Debug)]
pub enum ReturnsValue {}

/// The shape of a function that says values.
#[doc(hidden)]
#[derive(Debug)]
pub enum SaysValues {}

#[diagnostic::do_not_recommend]
impl<T: Value, F: Fn() -> T> ReadingFunction<T, ReturnsValue> for F {
    fn read(&self, readings: &mut Readings<'_, T>) {
        readings.record(self(), crate::tags::TagMap::new());
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value, F: Fn(&mut Readings<'_, T>)> ReadingFunction<T, SaysValues> for F {
    fn read(&self, readings: &mut Readings<'_, T>) {
        self(readings);
    }
}

/// A [`ReadingFunction`] of any type.
#[doc(hidden)]
pub trait StaticReading: Sync {
    /// Says the values.
    fn read(&self, said: &mut Said);
}

/// A function that reads a measure of `T`.
#[doc(hidden)]
pub struct FunctionReading<T, F, Shape> {
    function: F,
    types: PhantomData<fn() -> (T, Shape)>,
}

impl<T: Value, F: ReadingFunction<T, Shape> + Sync, Shape> StaticReading
    for FunctionReading<T, F, Shape>
{
    fn read(&self, said: &mut Said) {
        self.function.read(&mut Readings::new(said));
    }
}

/// The function that reads a measure of type `M`.
#[doc(hidden)]
#[must_use]
pub const fn reading<M: ReadMeasure, F: ReadingFunction<M::Value, Shape>, Shape>(
    function: F,
) -> FunctionReading<M::Value, F, Shape> {
    FunctionReading {
        function,
        types: PhantomData,
    }
}

/// A measure in a `static`, and the function that reads it.
#[doc(hidden)]
pub struct StaticObservation {
    pub(super) measure: &'static MeasureCell,
    pub(super) reading: &'static dyn StaticReading,
    /// The code that calls it.
    pub(super) source: &'static dyn Source,
}

impl<T, F, Shape> fmt::Debug for FunctionReading<T, F, Shape> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionReading").finish_non_exhaustive()
    }
}

impl fmt::Debug for StaticObservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticObservation")
            .field("measure", &self.measure)
            .finish_non_exhaustive()
    }
}

//! The guard of a call whose returned value is not inspected.

use super::exemplar::CallExemplar;
use super::guard::Call;
use crate::declare::FunctionCell;

/// A call whose returned value is not inspected: when it is dropped, its result is `ok`, or `panicked` if the thread is
/// unwinding.
#[doc(hidden)]
#[must_use = "the call ends when it is dropped"]
#[derive(Debug)]
pub struct InfallibleCall(Call);

impl InfallibleCall {
    /// A call that has not begun.
    #[inline]
    pub const fn new(cell: &'static FunctionCell) -> Self {
        Self(Call::new(cell))
    }

    /// A call that has not begun, whose measurements have this exemplar.
    pub fn with_exemplar(cell: &'static FunctionCell, exemplar: Option<Box<CallExemplar>>) -> Self {
        Self(Call::with_exemplar(cell, exemplar))
    }

    /// Begins the call, with the tags that are current now.
    #[inline]
    pub fn begin(&mut self) {
        self.0.begin_infallible();
    }
}

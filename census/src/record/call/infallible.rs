//! The guard of a call whose returned value is not inspected.

use super::exemplar::CallExemplar;
use super::guard::Call;
use crate::calls::CallResult;
use crate::declare::FunctionCell;

/// A call whose returned value is not inspected: when it is dropped, its result is `ok`, or `panicked` if the thread is
/// unwinding.
#[doc(hidden)]
#[must_use = "the call ends when it is dropped"]
#[derive(Debug)]
pub struct InfallibleCall {
    call: Call,
    /// Whether the thread was unwinding before the call began. Then a destructor makes the call, and the thread is
    /// unwinding at the call's end, too, even if the call did not panic. (If the call did panic, and the destructor
    /// caught the panic, the result is `ok`: nothing tells the cases apart.)
    was_panicking: bool,
}

impl InfallibleCall {
    /// A call that has not begun.
    #[inline]
    pub const fn new(cell: &'static FunctionCell) -> Self {
        Self {
            call: Call::new(cell),
            was_panicking: false,
        }
    }

    /// A call that has not begun, whose measurements have this exemplar.
    pub fn with_exemplar(cell: &'static FunctionCell, exemplar: Option<Box<CallExemplar>>) -> Self {
        Self {
            call: Call::with_exemplar(cell, exemplar),
            was_panicking: false,
        }
    }

    /// Begins the call, with the tags that are current now.
    pub fn begin(&mut self) {
        self.was_panicking = std::thread::panicking();
        self.call.begin();
    }
}

impl Drop for InfallibleCall {
    // Not inlined: it is in every measured function.
    #[inline(never)]
    fn drop(&mut self) {
        if self.was_panicking || !std::thread::panicking() {
            self.call.set_result(CallResult::Ok);
        }
    }
}

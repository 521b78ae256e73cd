//! Measured calls: the run-time part of `#[measure]` on a function.
//!
//! The code that `#[measure]` generates for a function looks like this:
//!
//! ```text
//! let scope = TagMap::enter(tags(&[…]));       // if there are tags
//! let mut call = Call::new(&CELL);             // or, with `exemplar(…)`, `Call::with_exemplar(&CELL, labels)`
//! call.begin();
//! let returned = call(move || BODY);
//! let result = outcome!(&returned);
//! call.value(&SIZE, &result, || closure(&returned));
//! call.set_result(result);                     // the call ends when it is dropped
//! returned
//! ```
//!
//! If nothing is measured of the returned value, an `InfallibleCall` and then `BODY` suffice.
//!
//! For a future it looks like this; the plan is made at the first poll of the outer future:
//!
//! ```text
//! async fn f(ARGUMENTS) -> R {
//!     CallPlan::new(&CELL).measured(async move { BODY }, |returned, call| call.set_result(outcome!(returned))).await
//! }
//! ```
//!
//! A program may have thousands of measured functions, so what is generated for each is small: a call is made by a few
//! stores, and all else is a function of this module, which is not inlined.

mod exemplar;
mod future;
mod guard;
mod infallible;
mod optional_value;
mod plan;

pub use exemplar::{CallExemplar, call_exemplar, call_label, wants_exemplar};
pub use future::Measured;
pub use guard::Call;
pub use infallible::InfallibleCall;
pub use optional_value::OptionalValue;
pub use plan::CallPlan;

/// Calls a function's body, which is a closure because it may contain `return`.
#[doc(hidden)]
#[inline]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

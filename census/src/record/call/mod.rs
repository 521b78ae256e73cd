//! Measured calls: the run-time part of `#[measure]` on a function.
//!
//! The code that `#[measure]` generates for a function looks like this:
//!
//! ```text
//! let plan = CallPlan::new(&CELL);             // `.with_tags(tags(&[…]))`
//! let scope = plan.enter();                    // if there are tags
//! let mut call = Call::new(&plan);
//! call.begin();
//! let returned = call(move || BODY);
//! call.value(&SIZE, result, || closure(&returned));
//! call.finish(outcome!(&returned));
//! returned
//! ```
//!
//! If nothing is measured of the returned value, an `InfallibleCall` and then `BODY` suffice.
//!
//! For a future it looks like this; the plan is made at the first poll of the outer future:
//!
//! ```text
//! async fn f(ARGUMENTS) -> R {
//!     CallPlan::new(&CELL).measured(async move { BODY }, |returned, call| call.finish(outcome!(returned))).await
//! }
//! ```

mod future;
mod guard;
mod infallible;
mod optional_value;
mod plan;

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

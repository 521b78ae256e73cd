//! The closures of `#[measure(…)]` that take a value from a returned one may return an `Option`.

use crate::declare::Value;

/// A value, or an `Option` of one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the closure returns `{Self}`, but the measure's values are `{T}`",
    label = "write a closure that returns `{T}` or `Option<{T}>`"
)]
pub trait OptionalValue<T> {
    fn into_option(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Value> OptionalValue<T> for T {
    fn into_option(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> OptionalValue<T> for Option<T> {
    fn into_option(self) -> Option<T> {
        self
    }
}

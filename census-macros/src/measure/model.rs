//! The model of `#[measure]` on a static.

use proc_macro2::TokenStream;
use syn::{Expr, Type};

use crate::generate::Krate;
use crate::item::Static;
use crate::names::Name;

/// A measure to be declared, after all checks.
pub(super) struct Measure {
    pub(super) item: Static,
    /// The value type for an item without a valid type.
    pub(super) value_type: Type,
    pub(super) krate: Krate,
    pub(super) name: Name,
    pub(super) unit: Option<Expr>,
    /// Whether it is an `Observed`, and not a `Measure`.
    pub(super) is_observed: bool,
    /// Whether only the compiler knows what its type is, which is an alias.
    pub(super) is_alias: bool,
    /// Whether its values are running totals.
    pub(super) is_total: bool,
    /// The function that reads it.
    pub(super) reading: Option<Reading>,
}

/// A function that reads a measure. Its tokens are the user's.
pub(super) struct Reading {
    pub(super) shape: Shape,
    pub(super) tokens: TokenStream,
}

/// The shape of a [`Reading`], as far as the tokens show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A closure without arguments, which returns a value.
    ReturnsValue,
    /// A closure with an argument, to which it says values. The compiler infers the argument's type only where a type
    /// of functions is expected, and not where a trait is.
    SaysValues,
    /// Anything else: a path to a function of either shape.
    Expression,
}

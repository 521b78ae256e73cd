//! The model of `record!` and `tags!`.

use proc_macro2::TokenStream;
use syn::{Expr, LitStr};

/// One `record!`.
#[derive(Default)]
pub(super) struct Record {
    pub(super) measurements: Vec<Assignment>,
    pub(super) tags: Vec<Assignment>,
    pub(super) labels: Vec<Label>,
}

/// A measure or a tag key, and the value that it is given: `LHS = value`.
#[derive(Clone)]
pub(crate) struct Assignment {
    pub(crate) lhs: Expr,
    /// The user's tokens, even if they are not an expression: the compiler reports that better, and editors complete an
    /// expression while it is typed.
    pub(crate) value: TokenStream,
}

/// A label of an exemplar.
#[derive(Clone)]
pub(crate) struct Label {
    pub(crate) name: LitStr,
    pub(crate) value: TokenStream,
}

//! The model of `#[measure]` on a static.

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
}

//! The model of `#[tag]`.

use crate::generate::Krate;
use crate::item::Static;
use crate::names::Name;

/// A tag key to be declared, after all checks.
pub(super) struct Tag {
    pub(super) item: Static,
    pub(super) krate: Krate,
    pub(super) name: Name,
    pub(super) local: bool,
}

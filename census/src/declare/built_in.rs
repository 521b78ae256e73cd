//! What the library itself declares, for the catalogue.

use super::{Handle, TagKeyCell, ViewCell};

/// Tag keys and views that the library declares with its own macros. The linker gathers those of other crates; for the
/// crate that defines a slice, an element would be a linker section of its own, which is unsafe code.
pub(crate) struct BuiltIn {
    pub(crate) keys: &'static [&'static Handle<TagKeyCell>],
    /// The catalogue adds their measures with them.
    pub(crate) views: &'static [&'static Handle<ViewCell>],
}

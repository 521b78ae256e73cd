//! The library's own declarations, for the catalogue.

use super::{Handle, TagKeyCell, ViewCell};

/// Tag keys and views that the library declares with its own macros. The linker gathers those of other crates. In
/// the crate that defines a slice, an element would be a linker section of its own, which counts as unsafe code.
pub(crate) struct BuiltIn {
    pub(crate) keys: &'static [&'static Handle<TagKeyCell>],
    /// The catalogue adds their measures with them.
    pub(crate) views: &'static [&'static Handle<ViewCell>],
}

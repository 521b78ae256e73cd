//! The model of `#[derive(TagValue)]`.

use proc_macro2::Ident;
use syn::{Fields, Generics};

use crate::generate::Krate;

/// A type with the derive, after all checks.
pub(super) struct TagValue {
    pub(super) krate: Krate,
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    /// `None`: the type is not an enum, which was reported.
    pub(super) variants: Option<Vec<Variant>>,
}

/// A variant and its tag value.
pub(super) struct Variant {
    pub(super) ident: Ident,
    /// No fields, unless that was reported.
    pub(super) fields: Fields,
    pub(super) value: String,
}

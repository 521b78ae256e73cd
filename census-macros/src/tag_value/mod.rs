//! `#[derive(TagValue)]`: the variants of an enum as values of a tag.

mod attribute;
mod expand;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Fields, Generics};

use crate::errors::Errors;
use crate::generate::Krate;

/// A type whose values are values of a tag.
struct TagValue {
    krate: Krate,
    name: Ident,
    generics: Generics,
    /// `None`: it is no enum, and that was reported.
    variants: Option<Vec<Variant>>,
}

/// One variant and the value that it stands for.
struct Variant {
    name: Ident,
    /// None of them, unless that was reported.
    fields: Fields,
    value: String,
}

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let implementation = match syn::parse2(input) {
        Ok(input) => expand::tag_value(&parse::tag_value(input, &mut errors)),
        Err(error) => {
            errors.add(error);
            TokenStream::new()
        }
    };
    let errors = errors.finish();
    quote!(#errors #implementation)
}

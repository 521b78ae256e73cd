//! `#[derive(TagValue)]`: the variants of an enum as tag values.

mod attribute;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;

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

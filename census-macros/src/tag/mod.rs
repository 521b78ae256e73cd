//! `#[tag]`: declares a tag key.

mod expand;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::{Item, Static};

/// A tag key to be declared.
struct Tag {
    item: Static,
    krate: Krate,
    name: Option<Expr>,
    local: bool,
}

pub(crate) fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let item = match parse::item(item, &mut errors) {
        Item::Static(item) => {
            let tag = parse::tag(args, *item, &mut errors);
            expand::tag(tag, &mut errors)
        }
        Item::Other(item) => item,
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

//! `#[tag]`: declares a tag key.

mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::Item;

pub(crate) fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    declare(Krate::default_path(), args, item)
}

/// `#[tag]` on a static of the library itself, which is not in a slice.
pub(crate) fn built_in(args: TokenStream, item: TokenStream) -> TokenStream {
    declare(Krate::library(), args, item)
}

fn declare(krate: Krate, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let item = match parse::item(item, &mut errors) {
        Item::Static(item) => expand::tag(parse::tag(krate, args, *item, &mut errors)),
        Item::Other(item) => item,
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

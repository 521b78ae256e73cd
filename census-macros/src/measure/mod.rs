//! `#[measure]` on a static: declares a measure. On a function, see [`function`](crate::function).

mod expand;
mod model;
mod parse;
mod reading;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::function::{self, ItemKind};
use crate::generate::Krate;
use crate::item::Item;

pub(crate) fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    match function::item_kind(&item) {
        ItemKind::Function => function::attribute(args, item),
        ItemKind::Impl => function::block_attribute(args, item),
        ItemKind::Other => declare(Krate::default_path(), args, item),
    }
}

/// `#[measure]` on a static of the library itself, which is not in a slice.
pub(crate) fn built_in(args: TokenStream, item: TokenStream) -> TokenStream {
    declare(Krate::library(), args, item)
}

fn declare(krate: Krate, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let item = match parse::item(item, &mut errors) {
        Item::Static(item) => expand::measure(parse::measure(krate, args, *item, &mut errors)),
        Item::Other(item) => item,
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

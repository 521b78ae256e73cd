//! `#[measure]` on a static: declares a measure. On a function, see [`function`](crate::function).

mod expand;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Type};

use crate::errors::Errors;
use crate::function::{self, Kind};
use crate::generate::Krate;
use crate::item::{Item, Static};

/// A measure to be declared.
struct Measure {
    item: Static,
    /// The type of its values if the item does not say so, which was reported.
    value: Type,
    krate: Krate,
    name: Option<Expr>,
    unit: Option<Expr>,
}

pub(crate) fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    match function::kind(&item) {
        Kind::Function => return function::attribute(args, item),
        Kind::Impl => return function::implementation(args, item),
        Kind::Other => {}
    }
    let mut errors = Errors::new();
    let item = match parse::item(item, &mut errors) {
        Item::Static(item) => {
            let measure = parse::measure(args, *item, &mut errors);
            expand::measure(measure, &mut errors)
        }
        Item::Other(item) => item,
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

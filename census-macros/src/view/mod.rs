//! `view!`: declares views.

mod aggregation;
mod bounds;
mod columns;
mod expand;
mod item;
mod options;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser;
use syn::{Attribute, Path, Token, Visibility};

use crate::errors::Errors;
use aggregation::Aggregation;
use options::Options;

/// A view to be declared.
struct View {
    attrs: Vec<Attribute>,
    vis: Visibility,
    token: Token![static],
    name: Ident,
    aggregation: Aggregation,
    /// `None`: left out, and reported.
    measure: Option<Path>,
    columns: Vec<Path>,
    options: Options,
}

pub(crate) fn items(input: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let parser = |input: syn::parse::ParseStream<'_>| parse::views(input, &mut errors);
    let items = match parser.parse2(input) {
        Ok((krate, views)) => views
            .into_iter()
            .map(|view| expand::view(&krate, view, &mut errors))
            .collect(),
        Err(error) => {
            errors.add(error);
            TokenStream::new()
        }
    };
    let mut output = errors.finish();
    output.extend(items);
    output
}

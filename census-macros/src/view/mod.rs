//! `view!`: declares views.

mod aggregation;
mod bounds;
mod columns;
mod expand;
mod item;
mod model;
mod native;
mod optional;
mod options;
mod parse;
mod scan;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::generate::Krate;

pub(crate) fn items(input: TokenStream) -> TokenStream {
    declare(Krate::prefix, input)
}

/// `view!` for the library's own views, which are not in a slice. No path to the library is in front of the items.
pub(crate) fn built_in(input: TokenStream) -> TokenStream {
    declare(|_| Ok(Krate::library()), input)
}

fn declare(
    krate: impl FnOnce(ParseStream<'_>) -> syn::Result<Krate>,
    input: TokenStream,
) -> TokenStream {
    let mut errors = Errors::new();
    let parser = |input: ParseStream<'_>| {
        let krate = krate(input)?;
        let views = parse::views(input, &mut errors)?;
        Ok((krate, views))
    };
    let items: TokenStream = match parser.parse2(input) {
        Ok((krate, views)) => views
            .into_iter()
            .map(|view| expand::view(&krate, view))
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

//! `record!` and `tags!`: what a program measures, and in which context.

mod assignment;
mod expand;
pub(crate) mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::generate::Krate;
pub(crate) use assignment::{Assignment, value};
pub(crate) use expand::tags as expand_tags;

/// What one `record!` says.
#[derive(Default)]
struct Record {
    measurements: Vec<Assignment>,
    tags: Vec<Assignment>,
    labels: Vec<Label>,
}

/// A label of an exemplar.
struct Label {
    name: LitStr,
    value: TokenStream,
}

pub(crate) fn record(input: TokenStream) -> TokenStream {
    expression(input, parse::record, expand::record)
}

pub(crate) fn tags(input: TokenStream) -> TokenStream {
    expression(input, parse::tags, |krate, tags| expand::tags(krate, &tags))
}

/// The expression of a macro call. Mistakes stand before it in a block.
fn expression<T>(
    input: TokenStream,
    parse: impl FnOnce(ParseStream<'_>, &mut Errors) -> T,
    expand: impl FnOnce(&Krate, T) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::new();
    let parser = |input: ParseStream<'_>| {
        let krate = Krate::prefix(input)?;
        let parsed = parse(input, &mut errors);
        Ok(expand(&krate, parsed))
    };
    let output = parser.parse2(input);
    let output = output.unwrap_or_else(|error| {
        errors.add(error);
        TokenStream::new()
    });
    let errors = errors.finish();
    if errors.is_empty() {
        output
    } else {
        quote!({ #errors #output })
    }
}

//! `record!`, `hold!` and `tags!`: measurements, and the tags that they have.

mod assignment;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;
use crate::generate::Krate;
// `#[measure]` on functions has tags and exemplars, too.
pub(crate) use assignment::value;
pub(crate) use expand::{label as expand_label, tags as expand_tags};
pub(crate) use model::{Assignment, Label};
pub(crate) use parse::{LABELS_WITHOUT_PARENTHESES, labels as parse_labels, tags as parse_tags};

pub(crate) fn record(input: TokenStream) -> TokenStream {
    expression(input, parse::record, expand::record)
}

pub(crate) fn hold(input: TokenStream) -> TokenStream {
    expression(input, parse::hold, |krate, record| {
        expand::hold(krate, &record)
    })
}

pub(crate) fn tags(input: TokenStream) -> TokenStream {
    expression(input, parse::tags, |krate, tags| expand::tags(krate, &tags))
}

/// The expression of a macro call. If there are mistakes, it is a block with the `compile_error!`s before it.
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

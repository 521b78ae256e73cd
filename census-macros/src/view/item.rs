//! One item of a `view!`: `pub static NAME: Count<MEASURE> by (KEY, …) { … }`.

use proc_macro2::{Ident, TokenTree};
use syn::buffer::Cursor;
use syn::parse::ParseStream;
use syn::{Attribute, Token, token};

use super::options::Options;
use super::parse::{at_item, skip_to_next};
use super::{View, aggregation, columns, options};
use crate::errors::Errors;

pub(super) const EXAMPLE: &str = "pub static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);";

/// Reads one item. `Err`: too little of it for a view.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<View> {
    let start = input.cursor();
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let token = keyword(input, errors)?;
    let name: Ident = input
        .parse()
        .map_err(|error| wrong(&error, "expected the view's name"))?;
    if !input.peek(Token![:]) {
        let message = format!("`{name}` has no aggregation\nhelp: write `{EXAMPLE}`");
        return Err(syn::Error::new_spanned(name, message));
    }
    input.parse::<Token![:]>()?;
    let (aggregation, measure) = aggregation::parse(input, errors)?;
    let columns = columns::parse(input, errors)?;
    let braces = input.peek(token::Brace);
    let options = if braces {
        let content;
        syn::braced!(content in input);
        options::parse(&content, aggregation.kind, errors)
    } else {
        Options::default()
    };
    let last = last_taken(start, input.cursor());
    if input.parse::<Option<Token![;]>>()?.is_none() && !braces {
        unended(input, last, errors)?;
    }
    Ok(View {
        attrs,
        vis,
        token,
        name,
        aggregation,
        measure,
        columns,
        options,
    })
}

/// `static`, or what people write in its place.
fn keyword(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Token![static]> {
    let message = format!("a view is a `static`\nhelp: write `{EXAMPLE}`");
    let token = if input.peek(Token![static]) {
        input.parse()?
    } else if input.peek(Token![const]) {
        let token: Token![const] = input.parse()?;
        errors.at(token, message);
        Token![static](token.span)
    } else if input.peek(syn::Ident) && input.peek2(Token![:]) {
        let name: Ident = input.fork().parse()?;
        errors.at(&name, message);
        Token![static](name.span())
    } else {
        return Err(input.error(message));
    };
    if let Some(token) = input.parse::<Option<Token![mut]>>()? {
        let message = "a view's data changes, its static does not\nhelp: leave the `mut` out";
        errors.at(token, message);
    }
    Ok(token)
}

/// Reports an item without braces that has no `;` either.
fn unended(
    input: ParseStream<'_>,
    last: Option<TokenTree>,
    errors: &mut Errors,
) -> syn::Result<()> {
    if input.is_empty() || at_item(input) {
        errors.at(
            last,
            "this view has no end\nhelp: write `;` after it, or options in braces",
        );
        return Ok(());
    }
    let message = if input.peek(Token![=]) {
        format!("`view!` gives the static its value\nhelp: write `{EXAMPLE}`")
    } else {
        format!("expected `by (…)`, `{{ … }}` or `;`\nhelp: write `{EXAMPLE}`")
    };
    errors.add(input.error(message));
    skip_to_next(input)
}

/// The token before `end`.
fn last_taken(mut start: Cursor<'_>, end: Cursor<'_>) -> Option<TokenTree> {
    let mut last = None;
    while start != end {
        let (token, rest) = start.token_tree()?;
        last = Some(token);
        start = rest;
    }
    last
}

fn wrong(error: &syn::Error, message: &str) -> syn::Error {
    syn::Error::new(error.span(), format!("{message}\nhelp: write `{EXAMPLE}`"))
}

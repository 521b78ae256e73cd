//! One item of a `view!`: `pub static NAME: Count<MEASURE> by (KEY, …) { … }`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser, Peek};
use syn::{Attribute, Token, Visibility, token};

use super::aggregation::Aggregation;
use super::options::Options;
use super::parse::{at_item, skip_to_next};
use super::{View, aggregation, columns, options};
use crate::errors::Errors;

pub(super) const EXAMPLE: &str = "pub static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);";

/// Reads one item. `Err`: not even a name, so there is no static that others could refer to.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<View> {
    let start = input.cursor();
    let attrs = attributes(input, errors)?;
    let vis = visibility(input, errors)?;
    let token = keyword(input, errors)?;
    let name: Ident = input
        .parse()
        .map_err(|error| wrong(&error, "expected the view's name"))?;
    let mut view = View {
        attrs,
        vis,
        token,
        aggregation: Aggregation::in_place_of_none(&name),
        name,
        measure: None,
        columns: Vec::new(),
        options: Options::default(),
    };
    if let Err(error) = definition(input, start, &mut view, errors) {
        errors.add(error);
        skip_to_next(input)?;
    }
    Ok(view)
}

/// Reads what stands after the name.
fn definition(
    input: ParseStream<'_>,
    start: Cursor<'_>,
    view: &mut View,
    errors: &mut Errors,
) -> syn::Result<()> {
    let name = &view.name;
    if !input.peek(Token![:]) {
        let message = format!("`{name}` has no aggregation\nhelp: write `{EXAMPLE}`");
        return Err(syn::Error::new_spanned(name, message));
    }
    input.parse::<Token![:]>()?;
    aggregation::parse(input, view, errors)?;
    view.columns = columns::parse(input, errors)?;
    let braces = input.peek(token::Brace);
    if braces {
        let content;
        syn::braced!(content in input);
        view.options = options::parse(&content, view.aggregation.kind, errors);
    }
    let last = last_taken(start, input.cursor());
    if input.parse::<Option<Token![;]>>()?.is_none() && !braces {
        unended(input, last, errors)?;
    }
    Ok(())
}

/// Reads the attributes, one after the other: one that is wrong costs neither the others nor the item.
fn attributes(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Attribute>> {
    let mut attrs = Vec::new();
    while input.peek(Token![#]) {
        let tokens = taken(input, token::Bracket)?;
        match Attribute::parse_outer.parse2(tokens) {
            Ok(attr) => attrs.extend(attr),
            Err(error) => errors.add(error),
        }
    }
    Ok(attrs)
}

/// Reads the visibility; one that is wrong is none.
fn visibility(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Visibility> {
    if !input.peek(Token![pub]) {
        return Ok(Visibility::Inherited);
    }
    let tokens = taken(input, token::Paren)?;
    Ok(syn::parse2(tokens).unwrap_or_else(|error| {
        errors.add(error);
        Visibility::Inherited
    }))
}

/// Takes a token, and the group after it, if it is one of these.
fn taken<T: Peek>(input: ParseStream<'_>, group: T) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::from(input.parse::<TokenTree>()?);
    if input.peek(group) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
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

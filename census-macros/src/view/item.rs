//! One item of a `view!`: `pub static NAME: Count<MEASURE> by (KEY, …) { … }`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser, Peek};
use syn::{Attribute, Token, Visibility, token};

use super::model::{Definition, View};
use super::scan::{EXAMPLE, at_item, skip_to_next};
use super::{aggregation, columns, optional, options};
use crate::errors::Errors;
use crate::names::Name;

/// Reads one item. `Err`: not even an identifier could be read, so there is no static that other code could refer to.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<View> {
    let start = input.cursor();
    let mut attrs = attributes(input, errors)?;
    let is_optional = optional::take(&mut attrs, errors);
    let vis = visibility(input, errors)?;
    let token = keyword(input, errors)?;
    let ident: Ident = input.parse().map_err(|error| {
        let message = format!("expected the view's name\nhelp: write `{EXAMPLE}`");
        syn::Error::new(error.span(), message)
    })?;
    let mut definition = Definition::missing(&ident);
    if let Err(error) = parse_definition(input, start, &ident, &mut definition, errors) {
        errors.add(error);
        skip_to_next(input)?;
    }
    let name = definition.options.name.take();
    let name = Name::new(name, &ident, "name: \"…\"", errors);
    Ok(View {
        attrs,
        is_optional,
        vis,
        token,
        ident,
        name,
        definition,
    })
}

/// Reads the definition. After an `Err`, the parts that were read before it stay.
fn parse_definition(
    input: ParseStream<'_>,
    start: Cursor<'_>,
    ident: &Ident,
    definition: &mut Definition,
    errors: &mut Errors,
) -> syn::Result<()> {
    if !input.peek(Token![:]) {
        let message = format!("`{ident}` has no aggregation\nhelp: write `{EXAMPLE}`");
        return Err(syn::Error::new_spanned(ident, message));
    }
    input.parse::<Token![:]>()?;
    let mistakes = errors.count();
    aggregation::parse(input, definition, errors)?;
    definition.columns = columns::parse(input, errors)?;
    let has_braces = input.peek(token::Brace);
    if has_braces {
        let content;
        syn::braced!(content in input);
        definition.options = options::parse(&content, definition.aggregation.kind, errors);
    }
    if definition.columns.is_empty() && errors.count() > mistakes {
        // The columns may be what was reported. The library would say that a view without columns has no `idle`.
        definition.options.idle = None;
    }
    let last = last_token(start, input.cursor());
    if input.parse::<Option<Token![;]>>()?.is_none() && !has_braces {
        report_missing_semicolon(input, last, errors)?;
    }
    Ok(())
}

/// Reads the attributes one after the other, so that the others and the item are read also after a wrong one.
fn attributes(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Attribute>> {
    let mut attrs = Vec::new();
    while input.peek(Token![#]) {
        let tokens = token_and_group(input, token::Bracket)?;
        match Attribute::parse_outer.parse2(tokens) {
            Ok(attr) => attrs.extend(attr),
            Err(error) => errors.add(error),
        }
    }
    Ok(attrs)
}

/// Reads the visibility. A wrong one is reported and counts as none.
fn visibility(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Visibility> {
    if !input.peek(Token![pub]) {
        return Ok(Visibility::Inherited);
    }
    let tokens = token_and_group(input, token::Paren)?;
    Ok(syn::parse2(tokens).unwrap_or_else(|error| {
        errors.add(error);
        Visibility::Inherited
    }))
}

/// Takes a token, and the group after it if it has these delimiters.
fn token_and_group<T: Peek>(input: ParseStream<'_>, delimiters: T) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::from(input.parse::<TokenTree>()?);
    if input.peek(delimiters) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// Reads the `static`. Reports a `const`, a missing keyword, and a `mut`.
fn keyword(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Token![static]> {
    let message = format!("a view is a `static`\nhelp: write `{EXAMPLE}`");
    let token = if input.peek(Token![static]) {
        input.parse()?
    } else if input.peek(Token![const]) {
        let token: Token![const] = input.parse()?;
        errors.at(token, message);
        Token![static](token.span)
    } else if input.peek(syn::Ident) && input.peek2(Token![:]) {
        let ident: Ident = input.fork().parse()?;
        errors.at(&ident, message);
        Token![static](ident.span())
    } else {
        return Err(input.error(message));
    };
    if let Some(token) = input.parse::<Option<Token![mut]>>()? {
        let message = "a view cannot be a `static mut`\nhelp: remove the `mut`";
        errors.at(token, message);
    }
    Ok(token)
}

/// Reports an item that has neither braces nor a `;`. `last` is its last token.
fn report_missing_semicolon(
    input: ParseStream<'_>,
    last: Option<TokenTree>,
    errors: &mut Errors,
) -> syn::Result<()> {
    if input.is_empty() || at_item(input) {
        errors.at(
            last,
            "expected `;` after this view\nhelp: write `;`, or options in braces",
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

/// The last token between two cursors.
fn last_token(mut start: Cursor<'_>, end: Cursor<'_>) -> Option<TokenTree> {
    let mut last = None;
    while start != end {
        let (token, rest) = start.token_tree()?;
        last = Some(token);
        start = rest;
    }
    last
}

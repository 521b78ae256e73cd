//! The columns of a view: `by (KEY, path::TO_KEY)`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token, token};

use super::item::EXAMPLE;
use super::parse::at_item;
use crate::errors::Errors;
use crate::list;

/// Reads the columns, if any stand here.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Path>> {
    let word: Option<Ident> = input.parse()?;
    let parenthesised = input.peek(token::Paren);
    let tokens: TokenStream = if parenthesised {
        if word.is_none() {
            let message = "the columns follow a `by`\nhelp: write `by (FRONTEND)`";
            errors.add(input.error(message));
        }
        let content;
        syn::parenthesized!(content in input);
        content.parse()?
    } else {
        bare(input, word.as_ref(), errors)?
    };
    if let Some(word) = word.filter(|word| word != "by") {
        let message = format!("expected `by (…)`, `{{ … }}` or `;`\nhelp: write `{EXAMPLE}`");
        errors.at(word, message);
        if !parenthesised {
            return Ok(Vec::new());
        }
    }
    let parser = |input: ParseStream<'_>| Ok(list::parse(input, errors, |input, _| column(input)));
    let columns = parser.parse2(tokens)?;
    Ok(distinct(columns, errors))
}

/// What follows a word without parentheses: columns, if the word is `by`.
fn bare(
    input: ParseStream<'_>,
    word: Option<&Ident>,
    errors: &mut Errors,
) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let Some(word) = word else {
        return Ok(tokens);
    };
    while !input.is_empty()
        && !input.peek(token::Brace)
        && !input.peek(Token![;])
        && !at_item(input)
    {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if word == "by" {
        let message = "the columns stand in parentheses\nhelp: write `by (FRONTEND)`";
        if tokens.is_empty() {
            errors.at(word, message);
        } else {
            errors.at(&tokens, message);
        }
    }
    Ok(tokens)
}

fn column(input: ParseStream<'_>) -> syn::Result<Path> {
    let message = "a column is a tag key's static\nhelp: write its path: `by (FRONTEND)`";
    let path =
        Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), message))?;
    if input.is_empty() || input.peek(Token![,]) || input.peek(syn::Ident) {
        Ok(path)
    } else {
        Err(input.error(message))
    }
}

/// The columns without repetitions, which are reported.
fn distinct(columns: Vec<Path>, errors: &mut Errors) -> Vec<Path> {
    let mut seen: Vec<String> = Vec::new();
    let mut first = |column: &Path| {
        let text = column.to_token_stream().to_string();
        let first = !seen.contains(&text);
        if first {
            seen.push(text);
        } else {
            let message = "this view has this column already\nhelp: leave one of them out";
            errors.at(column, message);
        }
        first
    };
    columns.into_iter().filter(|column| first(column)).collect()
}

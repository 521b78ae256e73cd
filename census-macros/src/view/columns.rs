//! The columns of a view: `by (KEY, path::TO_KEY)`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token, token};

use super::model::Column;
use super::scan::{EXAMPLE, at_item};
use crate::errors::Errors;
use crate::list;

/// Reads the columns, if there are any.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Column>> {
    let word: Option<Ident> = input.parse()?;
    let has_parentheses = input.peek(token::Paren);
    let tokens: TokenStream = if has_parentheses {
        if word.is_none() {
            let message = "expected `by` before the columns\nhelp: write `by (FRONTEND)`";
            errors.add(input.error(message));
        }
        let content;
        syn::parenthesized!(content in input);
        content.parse()?
    } else {
        without_parentheses(input, word.as_ref(), errors)?
    };
    if let Some(word) = word.filter(|word| word != "by") {
        let message = format!("expected `by (…)`, `{{ … }}` or `;`\nhelp: write `{EXAMPLE}`");
        errors.at(word, message);
        if !has_parentheses {
            return Ok(Vec::new());
        }
    }
    let parser = |input: ParseStream<'_>| {
        Ok(list::parse(input, errors, |input, errors| {
            column(input, errors)
        }))
    };
    let columns = parser.parse2(tokens)?;
    Ok(distinct(columns, errors))
}

/// Takes the tokens after a word without parentheses. After `by` they are reported and read as columns.
fn without_parentheses(
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
        let message = "columns are written in parentheses\nhelp: write `by (FRONTEND)`";
        if tokens.is_empty() {
            errors.at(word, message);
        } else {
            errors.at(&tokens, message);
        }
    }
    Ok(tokens)
}

fn column(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Column> {
    let message = "expected the path of a tag key's static\nhelp: write `by (FRONTEND)`";
    let path =
        Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), message))?;
    let label = label(input, errors)?;
    if input.is_empty() || input.peek(Token![,]) || input.peek(syn::Ident) {
        Ok(Column { path, label })
    } else {
        Err(input.error(message))
    }
}

/// Reads `as label`, if it is there. Reports a label that Prometheus does not allow.
fn label(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Ident>> {
    let Some(word) = input.parse::<Option<Token![as]>>()? else {
        return Ok(None);
    };
    let message = "expected a label after `as`\nhelp: write a name, as in `by (RESULT as status)`";
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(word, message));
    }
    let label = input
        .call(Ident::parse_any)
        .map_err(|error| syn::Error::new(error.span(), message))?;
    if label.unraw().to_string().is_ascii() {
        return Ok(Some(label));
    }
    let message = "a label consists of ASCII letters, digits and `_`\nhelp: write another name";
    errors.at(label, message);
    Ok(None)
}

/// The columns without repeated ones, which are reported.
fn distinct(columns: Vec<Column>, errors: &mut Errors) -> Vec<Column> {
    let mut seen: Vec<String> = Vec::new();
    let mut is_first = |Column { path: column, .. }: &Column| {
        let tokens = column.to_token_stream().to_string();
        let is_first = !seen.contains(&tokens);
        if is_first {
            seen.push(tokens);
        } else {
            let message = "this column is given twice\nhelp: remove one of the two";
            errors.at(column, message);
        }
        is_first
    };
    columns
        .into_iter()
        .filter(|column| is_first(column))
        .collect()
}

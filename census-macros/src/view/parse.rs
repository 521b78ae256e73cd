//! From the text of a `view!` to its [`View`]s, one after the other.

use proc_macro2::{Delimiter, TokenTree};
use syn::Token;
use syn::parse::ParseStream;

use super::{View, item};
use crate::errors::Errors;
use crate::generate::Krate;

/// Reads all items. One that cannot be read is reported, and the next is looked for.
pub(super) fn views(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<(Krate, Vec<View>)> {
    let krate = Krate::prefix(input)?;
    let mut views = Vec::new();
    while !input.is_empty() {
        let start = input.cursor();
        match item::parse(input, errors) {
            Ok(view) => views.push(view),
            Err(error) => {
                errors.add(error);
                if input.cursor() == start {
                    input.parse::<TokenTree>()?;
                }
                skip_to_next(input)?;
            }
        }
    }
    Ok((krate, views))
}

/// Whether the next token can begin an item.
pub(super) fn at_item(input: ParseStream<'_>) -> bool {
    input.peek(Token![#]) || input.peek(Token![pub]) || input.peek(Token![static])
}

/// Skips what is left of a broken item: to after its `;` or its braces, or to where another begins.
pub(super) fn skip_to_next(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !at_item(input) && !input.peek(Token![;]) {
        let token: TokenTree = input.parse()?;
        let braces =
            matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if braces {
            break;
        }
    }
    input.parse::<Option<Token![;]>>()?;
    Ok(())
}

//! Where an item of a `view!` begins and ends, for parsers that go on after a mistake.

use proc_macro2::{Delimiter, TokenTree};
use syn::Token;
use syn::parse::ParseStream;

/// An item, for messages.
pub(super) const EXAMPLE: &str = "pub static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);";

/// Whether the next token can begin an item.
pub(super) fn at_item(input: ParseStream<'_>) -> bool {
    input.peek(Token![#]) || input.peek(Token![pub]) || input.peek(Token![static])
}

/// Skips the rest of a wrong item: to after its `;` or its braces, or to the beginning of the next item.
pub(super) fn skip_to_next(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !at_item(input) && !input.peek(Token![;]) {
        let token: TokenTree = input.parse()?;
        let is_braces =
            matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if is_braces {
            break;
        }
    }
    input.parse::<Option<Token![;]>>()?;
    Ok(())
}

//! Lists of things between commas, read to the end whatever is wrong in the middle.

use proc_macro2::{TokenStream, TokenTree};
use syn::Token;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;

use crate::errors::Errors;

/// Reads elements to the end of `input`. One that does not parse is reported and left out.
pub(crate) fn parse<T>(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut element: impl FnMut(ParseStream<'_>, &mut Errors) -> syn::Result<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let start = input.cursor();
        // Ahead: what a parser leaves unread in a group would be a mistake of the whole list.
        let ahead = input.fork();
        match element(&ahead, errors) {
            Ok(value) => {
                input.advance_to(&ahead);
                found.push(value);
            }
            Err(error) => {
                errors.add(error);
                rest(input);
            }
        }
        if input.cursor() == start {
            rest(input);
        }
        if input.is_empty() {
            break;
        }
        if input.parse::<Option<Token![,]>>().ok().flatten().is_none() {
            errors
                .add(input.error("expected `,` before this\nhelp: write a comma between the two"));
        }
    }
    found
}

/// Takes the rest of an element: what stands before the next comma.
pub(crate) fn rest(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        let Ok(token) = input.parse::<TokenTree>() else {
            break;
        };
        tokens.extend([token]);
    }
    tokens
}

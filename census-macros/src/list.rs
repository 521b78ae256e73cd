//! Lists of elements between commas. A wrong element does not keep the others from being read.

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
    let mut elements = Vec::new();
    while !input.is_empty() {
        let start = input.cursor();
        // A fork: syn reports tokens that a failed parser leaves unread in a group as a mistake of the whole input.
        let ahead = input.fork();
        match element(&ahead, errors) {
            Ok(value) => {
                input.advance_to(&ahead);
                elements.push(value);
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
            errors.add(
                input.error("expected `,` before this\nhelp: separate the elements with commas"),
            );
        }
    }
    elements
}

/// Takes the rest of an element: the tokens before the next comma.
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

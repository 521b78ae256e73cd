//! What the tests of all macros share: reading mistakes out of an expansion.

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

/// The messages of the `compile_error!`s in an expansion, in order.
pub(crate) fn mistakes(output: TokenStream) -> Vec<String> {
    let mut messages = Vec::new();
    let mut error = false;
    for token in output {
        match token {
            TokenTree::Ident(ident) => error = ident == "compile_error",
            TokenTree::Group(group) if error => {
                messages.extend(syn::parse2::<LitStr>(group.stream()).map(|text| text.value()));
                error = false;
            }
            TokenTree::Group(group) => messages.extend(mistakes(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    messages
}

/// The first lines of the messages, without the help.
pub(crate) fn first_lines(output: TokenStream) -> Vec<String> {
    mistakes(output)
        .iter()
        .map(|message| message.lines().next().unwrap_or_default().to_owned())
        .collect()
}

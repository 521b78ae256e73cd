//! For the tests of all macros: reads the reported mistakes out of an expansion.

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

/// The messages of the `compile_error!`s in an expansion, in their order.
pub(crate) fn messages(output: TokenStream) -> Vec<String> {
    let mut collected = Vec::new();
    let mut after_compile_error = false;
    for token in output {
        match token {
            TokenTree::Ident(ident) => after_compile_error = ident == "compile_error",
            TokenTree::Group(group) if after_compile_error => {
                collected.extend(syn::parse2::<LitStr>(group.stream()).map(|lit| lit.value()));
                after_compile_error = false;
            }
            TokenTree::Group(group) => collected.extend(messages(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    collected
}

/// The first lines of the messages, without the help.
pub(crate) fn first_lines(output: TokenStream) -> Vec<String> {
    messages(output)
        .iter()
        .map(|message| message.lines().next().unwrap_or_default().to_owned())
        .collect()
}

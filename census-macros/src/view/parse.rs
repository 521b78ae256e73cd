//! From the tokens of a `view!` to its [`View`]s.

use proc_macro2::TokenTree;
use syn::parse::ParseStream;

use super::item;
use super::model::View;
use super::scan::skip_to_next;
use crate::errors::Errors;

/// Reads all items. One that cannot be read is reported, and the parser goes on with the next.
pub(super) fn views(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<View>> {
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
    Ok(views)
}

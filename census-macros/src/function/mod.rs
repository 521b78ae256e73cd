//! `#[measure]` on functions, methods and `impl` blocks: measures calls.
//!
//! `arguments.rs`, `item.rs` and `block.rs` parse; `check.rs` finds what cannot be measured and chooses a
//! [`BodyPlan`](model::BodyPlan); `expand.rs` and the files that it uses turn the checked model into tokens and report
//! nothing.
//!
//! A body is not parsed, with one exception: in a function that is not `async` and returns a future, `future.rs` has to
//! find the `async` blocks that make it.

mod arguments;
mod block;
mod body;
mod call;
mod cell;
mod check;
mod expand;
mod for_clippy;
mod future;
mod hint;
mod input;
mod inputs;
mod item;
mod model;
mod output;
#[cfg(test)]
mod tests;
mod track_caller;
#[cfg(test)]
pub(crate) mod valid_inputs;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
pub(crate) use item::{ItemKind, item_kind};

/// `#[measure]` on a function.
pub(crate) fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let arguments = arguments::parse(args, &mut errors);
    let item = match item::parse(item.clone()) {
        Ok(function) => expand::function(check::alone(function, arguments, &mut errors)),
        Err(error) => {
            errors.add(error);
            item
        }
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

/// `#[measure]` on an `impl` block.
pub(crate) fn block_attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let arguments = arguments::parse(args, &mut errors);
    check::block_arguments(&arguments, &mut errors);
    let item = match block::parse(item.clone()) {
        Ok(block) => expand::block(check::block(block, &arguments, &mut errors)),
        Err(error) => {
            errors.add(error);
            item
        }
    };
    let errors = errors.finish();
    quote!(#errors #item)
}

//! The braces of a function and the block in them that is the user's body.
//!
//! Where there is generated code before the body, the body is a block of its own, in the user's braces: the temporaries of
//! its last expression are dropped as the user's edition says, and items in it do not stand after statements. The block has
//! a label, because the compiler reports braces without one as unnecessary. The label has the user's span, because
//! otherwise the block would have the edition of this crate, and lints would skip it.

use proc_macro2::{Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Lifetime;

use super::item::{Function, braced};

/// The body as a block with a label.
pub(super) fn labeled(body: &Group) -> TokenStream {
    let label = label(body.span_open());
    quote!(#label #body)
}

pub(super) fn label(span: Span) -> TokenStream {
    let label = Lifetime::new("'__census_body", span);
    quote_spanned!(span=> #label:)
}

/// The function with another body.
pub(super) fn with_body(
    function: &Function,
    statements: &TokenStream,
    user_body: &Group,
) -> TokenStream {
    let head = function.head();
    let body = braced(statements.clone(), user_body);
    quote!(#head #body)
}

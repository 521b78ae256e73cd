//! The inputs of a function whose body moves into a closure or an `async` block. They must be dropped in the same order as
//! without `#[measure]`, the last one first, and the compiler must still report unused ones.
//!
//! A closure drops its captures after the variables of its body, in the order in which it first mentions them. So a
//! statement at the beginning of the body mentions the inputs, the last one first. Some inputs become variables of the body
//! instead, as in the desugaring of an `async fn`: patterns with a part that has no name, such as `(a, _)`, which cannot be
//! mentioned; inputs that the body does not use, because a mention would be a use; and in a closure, `mut` inputs, because
//! the compiler reports assignments to captures with other words, or where it reports none to an input. All inputs after
//! the first of these become variables, too, to keep the order.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, FnArg, Pat, Signature};

use super::input::{Form, Input, has_ref_mut};

/// The statements at the beginning of the body.
pub(super) struct Statements {
    /// A statement that never runs: the closure captures the inputs that it mentions.
    pub(super) captures: TokenStream,
    /// Variables for the other inputs.
    pub(super) bindings: TokenStream,
}

/// How [`owned`] treats the inputs.
#[derive(Clone, Copy)]
pub(super) struct Treatment {
    /// Patterns stay in the signature, because tags and labels use the names in them, too. Then the parts without a name
    /// are dropped later: when the function returns.
    pub(super) keep_patterns: bool,
    /// `mut` inputs become variables of the body. A future would be larger by them.
    pub(super) bind_mutable: bool,
}

/// Makes the body own all inputs.
pub(super) fn owned(sig: &mut Signature, body: &TokenStream, treatment: Treatment) -> Statements {
    let Treatment {
        keep_patterns,
        bind_mutable,
    } = treatment;
    let inputs: Vec<Input> = sig
        .inputs
        .iter()
        .map(|input| Input::new(input, body))
        .collect();
    // Inputs before the first one that the body owns may stay in the signature: they are dropped last anyway.
    let first = inputs
        .iter()
        .position(|input| input.is_used && !input.has_trivial_drop)
        .unwrap_or(inputs.len());
    let is_partial = |input: &Input| input.form == Form::Partial && !keep_patterns;
    let is_mutable = |input: &Input| bind_mutable && input.is_mutable;
    let bound_from = inputs
        .iter()
        .enumerate()
        .position(|(index, input)| {
            !input.has_trivial_drop
                && (is_partial(input)
                    || index >= first && (input.has_unused_variable() || is_mutable(input)))
        })
        .unwrap_or(inputs.len());
    let mut captures = Vec::new();
    let mut bindings = TokenStream::new();
    for (index, (input, arg)) in inputs.iter().zip(&mut sig.inputs).enumerate() {
        if input.has_trivial_drop && !is_mutable(input) {
            continue;
        }
        match arg {
            FnArg::Receiver(receiver) if input.is_used => {
                let (conditions, _) = split_conditions(&receiver.attrs);
                let this = &receiver.self_token;
                captures.push(quote!(#(#conditions)* let _ = &#this;));
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(arg) => {
                let (conditions, others) = split_conditions(&arg.attrs);
                let is_kept = keep_patterns && input.is_pattern();
                if (index >= bound_from || input.has_trivial_drop) && !is_kept {
                    let (name, statements) = bind(input, &arg.pat, index);
                    let statements = statements
                        .into_iter()
                        .map(|statement| quote!(#(#conditions)* #(#others)* #statement));
                    bindings.extend(statements);
                    arg.attrs = conditions;
                    *arg.pat = syn::parse_quote!(#name);
                } else if index >= first {
                    if input.form == Form::Wild {
                        let name = hidden(index);
                        *arg.pat = syn::parse_quote!(#name);
                        captures.push(quote!(#(#conditions)* let _ = &#name;));
                    }
                    for name in input
                        .names
                        .iter()
                        .filter(|name| is_kept || input.uses(name))
                    {
                        captures.push(quote!(#(#conditions)* let _ = &#name;));
                    }
                }
            }
        }
    }
    captures.reverse();
    let captures = if captures.is_empty() {
        TokenStream::new()
    } else {
        quote!(if false { #(#captures)* })
    };
    Statements { captures, bindings }
}

/// The name of an input in the signature, and the statements that turn it into the user's variables.
fn bind(input: &Input, pat: &Pat, index: usize) -> (Ident, Vec<TokenStream>) {
    let hidden = hidden(index);
    match (input.form, &input.names[..]) {
        // Clippy reports a use of a name like `_a`, so such an input has a hidden name.
        (Form::Name, [name]) if !name.to_string().starts_with('_') => {
            (name.clone(), vec![quote!(let #pat = #name;)])
        }
        // Clippy reports a binding of an unused `_a`, too.
        (Form::Name, [_]) if input.has_unused_variable() => {
            let statements = vec![quote!(let #hidden = #hidden;)];
            (hidden, statements)
        }
        (Form::Name | Form::Pattern, _) => {
            let statements = vec![quote!(let #pat = #hidden;)];
            (hidden, statements)
        }
        (Form::Partial, _) => {
            let mutability = has_ref_mut(pat.to_token_stream()).then(|| quote!(mut));
            let whole = quote!(let #mutability #hidden = #hidden;);
            let statements = vec![whole, quote!(let #pat = #hidden;)];
            (hidden, statements)
        }
        _ => {
            let statements = vec![quote!(let #hidden = #hidden;)];
            (hidden, statements)
        }
    }
}

fn hidden(index: usize) -> Ident {
    format_ident!("__census_argument_{index}")
}

/// The `cfg` attributes of an input, and the others.
fn split_conditions(attrs: &[Attribute]) -> (Vec<Attribute>, Vec<Attribute>) {
    let is_condition = |attr: &Attribute| attr.path().is_ident("cfg");
    attrs.iter().cloned().partition(is_condition)
}

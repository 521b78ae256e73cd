//! A body in a function of its own, for `#[track_caller]`: a closure has no caller to track.

use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{FnArg, GenericParam, Pat, Signature};

use super::Place;
use super::item::{Function, mentions};

/// The second function, and how the first calls it.
pub(super) struct Sibling {
    /// Stands inside of the first: it names nothing of an `impl` around it.
    pub(super) inside: TokenStream,
    /// Stands beside the first.
    pub(super) beside: TokenStream,
    pub(super) call: TokenStream,
}

/// Moves the body into a function with the same signature, and leaves a signature with plain names to the first.
pub(super) fn of(function: &mut Function, place: &Place, tags: &TokenStream) -> Sibling {
    let is_method = match place {
        Place::Impl { .. } => true,
        Place::Alone => is_method(function),
    };
    let mut sig = function.sig.clone();
    let body = using(&sig, tags, function.body.as_ref());
    // If this is in a trait's `impl`, which cannot be seen, the compiler quotes this name in its error.
    sig.ident = format_ident!(
        "__census_{}_cannot_track_its_caller_in_an_impl_of_a_trait_leave_out_one_attribute",
        sig.ident,
        span = sig.ident.span()
    );
    let name = sig.ident.clone();
    let attrs = function.attrs.iter().filter(|attr| {
        [
            "track_caller",
            "cfg",
            "cfg_attr",
            "allow",
            "expect",
            "warn",
            "deny",
            "target_feature",
        ]
        .iter()
        .any(|name| attr.path().is_ident(name))
    });
    let item = quote!(#[doc(hidden)] #(#attrs)* #sig #body);
    let arguments = arguments(function);
    let generics = generics(function);
    // A lint that is expected in the body is there now.
    function
        .attrs
        .retain(|attr| !attr.path().is_ident("expect"));
    if is_method {
        let call = quote!(Self::#name #generics (#(#arguments),*));
        return Sibling {
            inside: TokenStream::new(),
            beside: item,
            call,
        };
    }
    Sibling {
        inside: item,
        beside: TokenStream::new(),
        call: quote!(#name #generics (#(#arguments),*)),
    }
}

/// The body, in which those arguments are used that only the tags use.
fn using(sig: &Signature, tags: &TokenStream, body: Option<&Group>) -> TokenStream {
    let names = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(arg) => match &*arg.pat {
            Pat::Ident(pat) if mentions(tags, &pat.ident.to_string()) => Some(&pat.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let names: Vec<&Ident> = names.collect();
    if names.is_empty() {
        return body.to_token_stream();
    }
    quote!({ if false { #(let _ = &#names;)* } #body })
}

/// Whether a function without an `impl` around it, as far as we see, has one.
fn is_method(function: &Function) -> bool {
    let signature = function.sig.to_token_stream();
    let body = function.body.to_token_stream();
    function.sig.receiver().is_some() || mentions(&signature, "Self") || mentions(&body, "Self")
}

/// The arguments with plain names in the first function, to be handed on.
fn arguments(function: &mut Function) -> Vec<TokenStream> {
    let plain = |(index, input): (usize, &mut FnArg)| match input {
        FnArg::Receiver(receiver) => {
            receiver.mutability = None;
            receiver.self_token.to_token_stream()
        }
        FnArg::Typed(arg) => {
            let name: Ident = match &*arg.pat {
                Pat::Ident(pat) if pat.subpat.is_none() => pat.ident.clone(),
                _ => format_ident!("__census_argument_{index}"),
            };
            *arg.pat = syn::parse_quote!(#name);
            let conditions = arg.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
            quote!(#(#conditions)* #name)
        }
    };
    function
        .sig
        .inputs
        .iter_mut()
        .enumerate()
        .map(plain)
        .collect()
}

/// `::<T, N>`, as far as it can be said.
fn generics(function: &Function) -> TokenStream {
    let params = function.sig.generics.params.iter();
    let params: Vec<&Ident> = params
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    if params.is_empty() {
        return TokenStream::new();
    }
    quote!(::<#(#params),*>)
}

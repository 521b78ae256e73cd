//! A body in a second function, for `#[track_caller]`: in a closure, `Location::caller()` would be the closure's.

use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Attribute, FnArg, GenericParam, Meta, Pat, Signature};

use super::body::labeled;
use super::item::{Function, braced, mentions};

/// The second function, and how the first calls it.
pub(super) struct SecondFunction {
    /// The second function, if it is inside of the first one, where it cannot name anything of an `impl` around it.
    pub(super) inside: TokenStream,
    /// The second function, if it is a method beside the first one.
    pub(super) beside: Option<TokenStream>,
    pub(super) call: TokenStream,
}

/// Makes a function with the same signature and the body. In the first function's signature, the inputs get plain names.
pub(super) fn second_function(
    function: &mut Function,
    is_method: bool,
    values: &TokenStream,
) -> SecondFunction {
    let mut sig = function.sig.clone();
    let body = with_inputs_of(&sig, values, function.body.as_ref());
    // If the function is in the `impl` of a trait, which the macro cannot see, the compiler quotes this name in its
    // error.
    sig.ident = format_ident!(
        "__census_{}_cannot_track_its_caller_in_an_impl_of_a_trait_remove_one_attribute",
        sig.ident,
        span = sig.ident.span()
    );
    // A signature begins at the visibility, also for the coverage of its body.
    if let Some(first) = function.vis.to_token_stream().into_iter().next() {
        sig.fn_token.span = first.span();
    }
    let ident = sig.ident.clone();
    // A lint may look at either function, and would be missing at the other one.
    function.attrs.iter_mut().for_each(allow_instead_of_expect);
    let attrs = function.attrs.iter().filter(|attr| {
        [
            "track_caller",
            "cfg",
            "cfg_attr",
            "allow",
            "warn",
            "deny",
            "target_feature",
        ]
        .iter()
        .any(|name| attr.path().is_ident(name))
    });
    let item = quote!(#[doc(hidden)] #(#attrs)* #sig #body);
    let inputs = name_inputs(function);
    let generics = generics(function);
    if is_method {
        SecondFunction {
            inside: TokenStream::new(),
            beside: Some(item),
            call: quote!(Self::#ident #generics (#(#inputs),*)),
        }
    } else {
        SecondFunction {
            inside: item,
            beside: None,
            call: quote!(#ident #generics (#(#inputs),*)),
        }
    }
}

/// Makes `#[allow(…)]` of `#[expect(…)]`.
fn allow_instead_of_expect(attr: &mut Attribute) {
    if let Meta::List(list) = &mut attr.meta
        && list.path.is_ident("expect")
    {
        let allow = Ident::new("allow", list.path.span());
        list.path = allow.into();
    }
}

/// The body, after a statement that uses the inputs that only the values of tags and labels use: otherwise the compiler would
/// report them as unused.
fn with_inputs_of(sig: &Signature, values: &TokenStream, body: Option<&Group>) -> TokenStream {
    let idents = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(arg) => match &*arg.pat {
            Pat::Ident(pat) if mentions(values, &pat.ident.to_string()) => Some(&pat.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let idents: Vec<&Ident> = idents.collect();
    match body {
        Some(body) if !idents.is_empty() => {
            let labeled = labeled(body);
            let statements = quote!(if false { #(let _ = &#idents;)* } #labeled);
            braced(statements, body).into_token_stream()
        }
        _ => body.to_token_stream(),
    }
}

/// Gives the inputs of the first function plain names, and returns them as arguments for the second.
fn name_inputs(function: &mut Function) -> Vec<TokenStream> {
    let name = |(index, input): (usize, &mut FnArg)| match input {
        FnArg::Receiver(receiver) => {
            receiver.mutability = None;
            receiver.self_token.to_token_stream()
        }
        FnArg::Typed(arg) => {
            let ident: Ident = match &*arg.pat {
                Pat::Ident(pat) if pat.subpat.is_none() => pat.ident.clone(),
                _ => format_ident!("__census_argument_{index}"),
            };
            *arg.pat = syn::parse_quote!(#ident);
            let conditions = arg.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
            quote!(#(#conditions)* #ident)
        }
    };
    function
        .sig
        .inputs
        .iter_mut()
        .enumerate()
        .map(name)
        .collect()
}

/// `::<T, N>`, without lifetimes, which cannot always be written.
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

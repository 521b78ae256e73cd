//! Type hints: what a body in a closure or an `async` block returns.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Path, PathArguments, Type, TypeParamBound,
    parse_quote,
};

use super::output::ungrouped;
use crate::generate::first_last_span;

/// A statement that never runs and tells the compiler the return type. Without it, the types of a `collect()` or a
/// `Box::new(…)` in the body would be inferred from the body alone. Empty for a type without a hint, such as
/// `impl Trait`.
pub(super) fn hint(ty: Option<&Type>) -> TokenStream {
    let mut span = Span::call_site();
    let ty = match ty {
        None => quote!(()),
        Some(ty) => {
            let mut ty = ty.clone();
            blank(&mut ty);
            if matches!(ungrouped(&ty), Type::Infer(_) | Type::Verbatim(_)) {
                return TokenStream::new();
            }
            span = span.located_at(first_last_span(&ty).0);
            generated(ty.to_token_stream())
        }
    };
    // With a `loop {}` in the place of the `return`, the compiler would report unreachable code.
    quote_spanned! {span=>
        if false {
            return ::core::option::Option::<#ty>::unwrap(::core::option::Option::None);
        }
    }
}

/// The type as generated tokens, which lints skip: they check the user's tokens in the signature already.
pub(super) fn generated(tokens: TokenStream) -> TokenStream {
    let respan = |mut token: TokenTree| {
        match &mut token {
            TokenTree::Group(group) => {
                let content = generated(group.stream());
                let mut respanned = proc_macro2::Group::new(group.delimiter(), content);
                respanned.set_span(Span::call_site().located_at(group.span()));
                return TokenTree::Group(respanned);
            }
            // The span of `$crate` says which crate it is.
            TokenTree::Ident(ident) if ident == "$crate" => {}
            token => token.set_span(Span::call_site().located_at(token.span())),
        }
        token
    };
    tokens.into_iter().map(respan).collect()
}

/// Replaces every `impl Trait`, which cannot be written in an expression, by `_`.
fn blank(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = parse_quote!(_),
        Type::Array(ty) => blank(&mut ty.elem),
        Type::Group(ty) => blank(&mut ty.elem),
        Type::Paren(ty) => blank(&mut ty.elem),
        Type::Ptr(ty) => blank(&mut ty.elem),
        Type::Reference(ty) => blank(&mut ty.elem),
        Type::Slice(ty) => blank(&mut ty.elem),
        Type::Tuple(ty) => ty.elems.iter_mut().for_each(blank),
        Type::TraitObject(ty) => {
            for bound in &mut ty.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    blank_path(&mut bound.path);
                }
            }
        }
        Type::Path(ty) => blank_path(&mut ty.path),
        _ => {}
    }
}

fn blank_path(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. }) =
            &mut segment.arguments
        {
            for argument in args {
                match argument {
                    GenericArgument::Type(ty) => blank(ty),
                    GenericArgument::AssocType(binding) => blank(&mut binding.ty),
                    _ => {}
                }
            }
        }
    }
}

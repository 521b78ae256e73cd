//! What the written return type tells.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Path, PathArguments, ReturnType, Token, Type,
    TypeParamBound, parse_quote,
};

use crate::generate::ends;
use crate::item::last_segment;

/// Types of the language and of its prelude that are never a `Result`, unless someone means to confuse.
const PLAIN: [&str; 21] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64", "String", "Vec", "Box", "Option",
];

/// The future that a function returns which is not `async`: what it is in the end, if that can be seen.
pub(super) struct Future<'a> {
    pub(super) output: Option<&'a Type>,
}

/// The written type; `None` for `()` left out.
pub(super) fn ty(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    }
}

/// Whether it is known, only by looking at it, that the type is no `Result`.
pub(super) fn is_plain(output: &ReturnType) -> bool {
    match ty(output) {
        None => true,
        Some(ty) => match bare(ty) {
            Type::Path(path) => {
                path.qself.is_none()
                    && path
                        .path
                        .get_ident()
                        .is_some_and(|i| PLAIN.iter().any(|p| i == p))
                    || path.qself.is_none()
                        && path.path.segments.len() == 1
                        && ["Vec", "Box", "Option"]
                            .iter()
                            .any(|name| is(&path.path, name))
            }
            Type::Infer(_) | Type::Macro(_) | Type::Verbatim(_) => false,
            _ => true,
        },
    }
}

/// Whether calls can be known to return errors before there was one: the name of the type ends in `Result`.
pub(super) fn is_fallible(ty: Option<&Type>) -> bool {
    ty.and_then(last_segment)
        .is_some_and(|segment| segment.ident.to_string().ends_with("Result"))
}

pub(super) fn is_never(ty: Option<&Type>) -> bool {
    ty.is_some_and(|ty| matches!(bare(ty), Type::Never(_)))
}

/// The future that a type is: `impl Future`, `Pin<Box<dyn Future>>`, or one of the names that this has elsewhere.
pub(super) fn future(output: &ReturnType) -> Option<Future<'_>> {
    future_of(ty(output)?)
}

fn future_of(ty: &Type) -> Option<Future<'_>> {
    match bare(ty) {
        Type::ImplTrait(ty) => bounds_future(&ty.bounds),
        Type::TraitObject(ty) => bounds_future(&ty.bounds),
        Type::Path(path) => {
            let mut types =
                arguments(&path.path)
                    .into_iter()
                    .filter_map(|argument| match argument {
                        GenericArgument::Type(ty) => Some(ty),
                        _ => None,
                    });
            if ["Pin", "Box"].iter().any(|name| is(&path.path, name)) {
                return future_of(types.next()?);
            }
            let boxed = ["BoxFuture", "LocalBoxFuture"];
            if boxed.iter().any(|name| is(&path.path, name)) {
                return Some(Future {
                    output: types.next(),
                });
            }
            // `Self::Future`, `ResponseFuture<T>`: by its name it is one, of what nobody knows.
            let last = path.path.segments.last()?;
            let is_one = last.ident.to_string().ends_with("Future");
            is_one.then_some(Future { output: None })
        }
        _ => None,
    }
}

fn bounds_future(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Future<'_>> {
    let path = bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) if is(&bound.path, "Future") => Some(&bound.path),
        _ => None,
    })?;
    let output = arguments(path)
        .into_iter()
        .find_map(|argument| match argument {
            GenericArgument::AssocType(binding) if binding.ident == "Output" => Some(&binding.ty),
            _ => None,
        });
    Some(Future { output })
}

fn is(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

fn arguments(path: &Path) -> Vec<&GenericArgument> {
    match path.segments.last().map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => arguments.args.iter().collect(),
        _ => Vec::new(),
    }
}

/// The type without the parentheses, visible or not, around it.
pub(super) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

/// A statement that never runs and tells the compiler what a body returns. Without it, `collect()` and `Box<dyn …>`
/// would be inferred from the body alone. Nothing where nothing is known.
pub(super) fn hint(ty: Option<&Type>) -> TokenStream {
    let mut span = Span::call_site();
    let ty = match ty {
        None => quote!(()),
        Some(ty) => {
            let mut ty = ty.clone();
            blank(&mut ty);
            if matches!(bare(&ty), Type::Infer(_) | Type::Verbatim(_)) {
                return TokenStream::new();
            }
            span = span.located_at(ends(&ty).0);
            generated(ty.to_token_stream())
        }
    };
    // A `loop {}` in its place would be reported as code that is not reached.
    quote_spanned! {span=>
        if false {
            return ::core::option::Option::<#ty>::unwrap(::core::option::Option::None);
        }
    }
}

/// The same type as our own tokens: lints have seen the user's already, in the signature.
fn generated(tokens: TokenStream) -> TokenStream {
    let generated = |mut token: TokenTree| {
        match &mut token {
            TokenTree::Group(group) => {
                let mut new = proc_macro2::Group::new(group.delimiter(), generated(group.stream()));
                new.set_span(Span::call_site().located_at(group.span()));
                return TokenTree::Group(new);
            }
            // `$crate` is what its span says.
            TokenTree::Ident(ident) if ident == "$crate" => {}
            token => token.set_span(Span::call_site().located_at(token.span())),
        }
        token
    };
    tokens.into_iter().map(generated).collect()
}

/// Puts `_` in the place of what cannot be named: every `impl Trait`.
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

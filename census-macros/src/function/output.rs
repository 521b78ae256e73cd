//! Return types: facts about the returned value that their tokens show.

use syn::punctuated::Punctuated;
use syn::{GenericArgument, Path, PathArguments, ReturnType, Token, Type, TypeParamBound};

use crate::item::last_segment;

/// Types of the language and its prelude that are not an alias of `Result` in any sensible program.
const INFALLIBLE: [&str; 21] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64", "String", "Vec", "Box", "Option",
];

/// A future in the return type of a function that is not `async`.
pub(super) struct ReturnedFuture<'a> {
    /// Its output, if the type shows it.
    pub(super) output: Option<&'a Type>,
    /// Whether only the name of the type says that it is a future.
    pub(super) is_known_by_name: bool,
}

/// The return type; `None` if none is written.
pub(super) fn return_type(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    }
}

/// Whether the return type is certainly not a `Result`.
pub(super) fn is_infallible(output: &ReturnType) -> bool {
    match return_type(output) {
        None => true,
        Some(ty) => match ungrouped(ty) {
            Type::Path(path) => {
                path.qself.is_none()
                    && path
                        .path
                        .get_ident()
                        .is_some_and(|ident| INFALLIBLE.iter().any(|name| ident == name))
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

/// Whether the type is probably a `Result`, so that there is a row for errors before the first one: its name ends in
/// `Result`.
pub(super) fn is_fallible(ty: Option<&Type>) -> bool {
    ty.and_then(last_segment)
        .is_some_and(|segment| segment.ident.to_string().ends_with("Result"))
}

pub(super) fn is_never(ty: Option<&Type>) -> bool {
    ty.is_some_and(|ty| matches!(ungrouped(ty), Type::Never(_)))
}

/// The future that a return type is: `impl Future`, `Pin<Box<dyn Future>>`, or a name for one of these.
pub(super) fn returned_future(output: &ReturnType) -> Option<ReturnedFuture<'_>> {
    future_of(return_type(output)?)
}

fn future_of(ty: &Type) -> Option<ReturnedFuture<'_>> {
    match ungrouped(ty) {
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
                return Some(ReturnedFuture {
                    output: types.next(),
                    is_known_by_name: false,
                });
            }
            // `Self::Future`, `ResponseFuture<T>`: the name shows that the type is a future, but not its output.
            let last = path.path.segments.last()?;
            let is_future = last.ident.to_string().ends_with("Future");
            is_future.then_some(ReturnedFuture {
                output: None,
                is_known_by_name: true,
            })
        }
        _ => None,
    }
}

fn bounds_future(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<ReturnedFuture<'_>> {
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
    Some(ReturnedFuture {
        output,
        is_known_by_name: false,
    })
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

/// The type without parentheses and invisible groups around it.
pub(super) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        _ => ty,
    }
}

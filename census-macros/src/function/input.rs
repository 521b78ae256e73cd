//! One input of a function, as far as its tokens show it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericArgument, Pat, PathArguments, ReceiverKind, Type};

use super::item::mentions;
use super::output::ungrouped;

/// How an input is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Receiver,
    /// `a`, `mut a`
    Name,
    /// `_`
    Wild,
    /// A pattern of which all parts have names.
    Pattern,
    /// A pattern of which a part has no name.
    Partial,
}

/// A receiver or an argument.
pub(super) struct Input {
    pub(super) form: Form,
    /// The variables that it declares.
    pub(super) names: Vec<Ident>,
    /// The variables that the body does not mention.
    unused: Vec<Ident>,
    /// Whether the body mentions the receiver, or a variable.
    pub(super) is_used: bool,
    /// Whether it declares a variable with `mut`.
    pub(super) is_mutable: bool,
    /// Whether dropping it does nothing, as far as its type shows.
    pub(super) has_trivial_drop: bool,
}

impl Input {
    pub(super) fn new(input: &FnArg, body: &TokenStream) -> Self {
        match input {
            FnArg::Receiver(receiver) => Self {
                form: Form::Receiver,
                names: Vec::new(),
                unused: Vec::new(),
                is_used: mentions(body, "self"),
                // It cannot become a variable.
                is_mutable: false,
                has_trivial_drop: match &receiver.kind {
                    ReceiverKind::Reference(..) => true,
                    ReceiverKind::Typed(_, ty) => has_trivial_drop(ty),
                    _ => false,
                },
            },
            FnArg::Typed(arg) => {
                let mut variables = Vec::new();
                let form = match &*arg.pat {
                    Pat::Wild(_) => Form::Wild,
                    Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => {
                        variables.push(pat.ident.clone());
                        Form::Name
                    }
                    pat if names(pat, &mut variables) => Form::Partial,
                    _ => Form::Pattern,
                };
                let is_unused = |name: &&Ident| !mentions(body, &name.to_string());
                let unused: Vec<Ident> = variables.iter().filter(is_unused).cloned().collect();
                Self {
                    form,
                    is_used: unused.len() < variables.len(),
                    names: variables,
                    unused,
                    is_mutable: mentions(&arg.pat.to_token_stream(), "mut"),
                    has_trivial_drop: has_trivial_drop(&arg.ty),
                }
            }
        }
    }

    pub(super) fn is_pattern(&self) -> bool {
        matches!(self.form, Form::Pattern | Form::Partial)
    }

    /// Whether the body leaves one of the variables unused.
    pub(super) fn has_unused_variable(&self) -> bool {
        !self.unused.is_empty()
    }

    pub(super) fn uses(&self, name: &Ident) -> bool {
        !self.unused.contains(name)
    }
}

/// Collects the variables of a pattern. Returns whether a part of the matched value goes into no variable.
fn names(pat: &Pat, variables: &mut Vec<Ident>) -> bool {
    let mut of_all = |pats: &mut dyn Iterator<Item = &Pat>| {
        // Not `any`, which would stop at the first partial pattern and miss the names after it.
        pats.fold(false, |partial, pat| names(pat, variables) | partial)
    };
    match pat {
        Pat::Ident(pat) => {
            variables.push(pat.ident.clone());
            // The variable is a reference; the value itself goes into no variable.
            pat.by_ref.is_some()
        }
        Pat::Paren(pat) => names(&pat.pat, variables),
        Pat::Type(pat) => names(&pat.pat, variables),
        Pat::Reference(_) => {
            names_in_reference(pat, variables);
            false
        }
        Pat::Tuple(pat) => of_all(&mut pat.elems.iter()),
        Pat::TupleStruct(pat) => of_all(&mut pat.elems.iter()),
        Pat::Slice(pat) => of_all(&mut pat.elems.iter()),
        Pat::Struct(pat) => {
            let partial = of_all(&mut pat.fields.iter().map(|field| &*field.pat));
            partial | pat.rest.is_some()
        }
        // All cases declare the same variables.
        Pat::Or(pat) => of_all(&mut pat.cases.iter().take(1)),
        Pat::Path(_) => false,
        _ => true,
    }
}

/// The variables behind a reference. A part without a name does not matter, because it is not dropped.
fn names_in_reference(pat: &Pat, variables: &mut Vec<Ident>) {
    if let Pat::Reference(pat) = pat {
        names(&pat.pat, variables);
    }
}

/// Whether the tokens of a pattern contain `ref mut`.
pub(super) fn has_ref_mut(pat: TokenStream) -> bool {
    let mut after_ref = false;
    pat.into_iter().any(|token| {
        let follows_ref = std::mem::take(&mut after_ref);
        match token {
            TokenTree::Ident(word) => {
                after_ref = word == "ref";
                follows_ref && word == "mut"
            }
            TokenTree::Group(group) => has_ref_mut(group.stream()),
            _ => false,
        }
    })
}

/// Whether dropping a value does nothing, as far as the tokens of its type show.
fn has_trivial_drop(ty: &Type) -> bool {
    const NAMES: [&str; 17] = [
        "bool",
        "char",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "f32",
        "f64",
        "PhantomData",
    ];
    match ungrouped(ty) {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Tuple(ty) => ty.elems.iter().all(has_trivial_drop),
        Type::Array(ty) => has_trivial_drop(&ty.elem),
        Type::Path(ty) if ty.qself.is_none() => {
            let Some(last) = ty.path.segments.last() else {
                return false;
            };
            let is_pinned = last.ident == "Pin"
                && matches!(&last.arguments, PathArguments::AngleBracketed(arguments)
                    if matches!(arguments.args.first(), Some(GenericArgument::Type(ty)) if has_trivial_drop(ty)));
            is_pinned || ty.path.segments.len() == 1 && NAMES.iter().any(|name| last.ident == name)
        }
        _ => false,
    }
}

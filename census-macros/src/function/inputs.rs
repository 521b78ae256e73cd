//! The arguments of a function whose body runs in a closure or in an `async` block: they must be dropped as if it did
//! not, the last one first, and be reported if they are not used.
//!
//! What a closure has captured is dropped in the order in which it is first mentioned, after the body's own variables.
//! So all of it is mentioned beforehand, backwards. Arguments of which a part has no name (`(a, _)`), and those that the
//! body does not use, become variables of the body again, as in the desugaring of an `async fn`; and so do all that
//! come after one of them, for the order.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, FnArg, GenericArgument, Pat, PathArguments, ReceiverKind, Signature, Type};

use super::item::mentions;
use super::output::bare;

/// How arguments get into the body.
pub(super) struct Inputs {
    /// A statement that never runs: it captures what it mentions.
    pub(super) captured: TokenStream,
    /// Variables at the beginning of the body.
    pub(super) bound: TokenStream,
}

/// Makes the body own all arguments. Where `patterns` must stay, because something else looks at the names in them too,
/// what has no name is dropped a little later.
pub(super) fn owned(sig: &mut Signature, body: &TokenStream, patterns: bool) -> Inputs {
    let inputs: Vec<Input> = sig
        .inputs
        .iter()
        .map(|input| Input::new(input, body))
        .collect();
    // What comes before the first that the body has is dropped at last, wherever it is.
    let first = inputs.iter().position(|input| input.used && !input.trivial);
    let first = first.unwrap_or(inputs.len());
    let partial = |input: &Input| input.form == Form::Partial && !patterns;
    let bound_from = inputs
        .iter()
        .enumerate()
        .position(|(index, input)| {
            !input.trivial && (partial(input) || index >= first && input.is_unused_variable())
        })
        .unwrap_or(inputs.len());
    let mut captured = Vec::new();
    let mut bound = TokenStream::new();
    for (index, (input, arg)) in inputs.iter().zip(&mut sig.inputs).enumerate() {
        if input.trivial {
            continue;
        }
        match arg {
            FnArg::Receiver(receiver) if input.used => {
                let (conditions, _) = conditions(&receiver.attrs);
                let this = &receiver.self_token;
                captured.push(quote!(#(#conditions)* let _ = &#this;));
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(arg) => {
                let (conditions, others) = conditions(&arg.attrs);
                let keep = patterns && input.is_pattern();
                if index >= bound_from && !keep {
                    let (name, statements) = bind(input, &arg.pat, index);
                    let statements = statements
                        .into_iter()
                        .map(|statement| quote!(#(#conditions)* #(#others)* #statement));
                    bound.extend(statements);
                    arg.attrs = conditions;
                    *arg.pat = syn::parse_quote!(#name);
                } else if index >= first {
                    if input.form == Form::Wild {
                        let name = hidden(index);
                        *arg.pat = syn::parse_quote!(#name);
                        captured.push(quote!(#(#conditions)* let _ = &#name;));
                    }
                    for name in input.names.iter().filter(|name| keep || input.has(name)) {
                        captured.push(quote!(#(#conditions)* let _ = &#name;));
                    }
                }
            }
        }
    }
    captured.reverse();
    let captured = if captured.is_empty() {
        TokenStream::new()
    } else {
        quote!(if false { #(#captured)* })
    };
    Inputs { captured, bound }
}

/// An argument as it has to be written in the signature, and the statements that make it the user's again.
fn bind(input: &Input, pat: &Pat, index: usize) -> (Ident, Vec<TokenStream>) {
    let hidden = hidden(index);
    match (input.form, &input.names[..]) {
        // To name `_a` would be reported: it says that nobody does.
        (Form::Name, [name]) if !name.to_string().starts_with('_') => {
            (name.clone(), vec![quote!(let #pat = #name;)])
        }
        // Nobody does indeed: to bind it would be reported, too.
        (Form::Name, [_]) if input.is_unused_variable() => {
            let statements = vec![quote!(let #hidden = #hidden;)];
            (hidden, statements)
        }
        (Form::Name | Form::Pattern, _) => {
            let statements = vec![quote!(let #pat = #hidden;)];
            (hidden, statements)
        }
        (Form::Partial, _) => {
            let whole = quote!(let #hidden = #hidden;);
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

/// How an argument is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Receiver,
    /// `a`, `mut a`
    Name,
    /// `_`
    Wild,
    /// A pattern, all of whose parts have names.
    Pattern,
    /// A pattern, of which a part has no name.
    Partial,
}

/// An argument.
struct Input {
    form: Form,
    /// The variables that it makes.
    names: Vec<Ident>,
    /// Those that the body does not name.
    unused: Vec<Ident>,
    /// The body names some of it.
    used: bool,
    /// Dropping it does nothing, as its type shows.
    trivial: bool,
}

impl Input {
    fn new(input: &FnArg, body: &TokenStream) -> Self {
        match input {
            FnArg::Receiver(receiver) => Self {
                form: Form::Receiver,
                names: Vec::new(),
                unused: Vec::new(),
                used: mentions(body, "self"),
                trivial: match &receiver.kind {
                    ReceiverKind::Reference(..) => true,
                    ReceiverKind::Typed(_, ty) => is_trivial(ty),
                    _ => false,
                },
            },
            FnArg::Typed(arg) => {
                let mut found = Vec::new();
                let form = match &*arg.pat {
                    Pat::Wild(_) => Form::Wild,
                    Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => {
                        found.push(pat.ident.clone());
                        Form::Name
                    }
                    pat if names(pat, &mut found) => Form::Partial,
                    _ => Form::Pattern,
                };
                let unnamed = |name: &&Ident| !mentions(body, &name.to_string());
                let unused: Vec<Ident> = found.iter().filter(unnamed).cloned().collect();
                Self {
                    form,
                    used: unused.len() < found.len(),
                    names: found,
                    unused,
                    trivial: is_trivial(&arg.ty),
                }
            }
        }
    }

    fn is_pattern(&self) -> bool {
        matches!(self.form, Form::Pattern | Form::Partial)
    }

    /// A name that the user gave and does not use.
    fn is_unused_variable(&self) -> bool {
        !self.unused.is_empty()
    }

    fn has(&self, name: &Ident) -> bool {
        !self.unused.contains(name)
    }
}

/// Collects the variables of a pattern; says whether a part of what it matches gets into none.
fn names(pat: &Pat, found: &mut Vec<Ident>) -> bool {
    let mut all = |pats: &mut dyn Iterator<Item = &Pat>| {
        // Not `any`: every one of them has names.
        pats.fold(false, |partial, pat| names(pat, found) | partial)
    };
    match pat {
        Pat::Ident(pat) => {
            found.push(pat.ident.clone());
            // A reference to what nobody owns.
            pat.by_ref.is_some()
        }
        Pat::Paren(pat) => names(&pat.pat, found),
        Pat::Type(pat) => names(&pat.pat, found),
        Pat::Reference(_) => {
            names_in_reference(pat, found);
            false
        }
        Pat::Tuple(pat) => all(&mut pat.elems.iter()),
        Pat::TupleStruct(pat) => all(&mut pat.elems.iter()),
        Pat::Slice(pat) => all(&mut pat.elems.iter()),
        Pat::Struct(pat) => {
            let partial = all(&mut pat.fields.iter().map(|field| &*field.pat));
            partial | pat.rest.is_some()
        }
        // All cases have the same names.
        Pat::Or(pat) => all(&mut pat.cases.iter().take(1)),
        Pat::Path(_) => false,
        _ => true,
    }
}

/// What stands behind a reference is not dropped with it.
fn names_in_reference(pat: &Pat, found: &mut Vec<Ident>) {
    if let Pat::Reference(pat) = pat {
        names(&pat.pat, found);
    }
}

/// Whether it can be seen that dropping a value of the type does nothing.
fn is_trivial(ty: &Type) -> bool {
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
    match bare(ty) {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Tuple(ty) => ty.elems.iter().all(is_trivial),
        Type::Array(ty) => is_trivial(&ty.elem),
        Type::Path(ty) if ty.qself.is_none() => {
            let Some(last) = ty.path.segments.last() else {
                return false;
            };
            let pinned = last.ident == "Pin"
                && matches!(&last.arguments, PathArguments::AngleBracketed(arguments)
                    if matches!(arguments.args.first(), Some(GenericArgument::Type(ty)) if is_trivial(ty)));
            pinned || ty.path.segments.len() == 1 && NAMES.iter().any(|name| last.ident == name)
        }
        _ => false,
    }
}

/// The attributes of an argument that say whether it is there, and the others.
fn conditions(attrs: &[Attribute]) -> (Vec<Attribute>, Vec<Attribute>) {
    let is_condition = |attr: &Attribute| attr.path().is_ident("cfg");
    attrs.iter().cloned().partition(is_condition)
}

//! The inputs of a function whose body moves into a closure or an `async` block. They must be dropped in the same order as
//! without `#[measure]`, the last one first, and the compiler must still report unused ones.
//!
//! A closure drops its captures after the variables of its body, in the order in which it first mentions them. So a
//! statement at the beginning of the body mentions the inputs, the last one first. Two kinds of inputs become variables of
//! the body instead, as in the desugaring of an `async fn`: patterns with a part that has no name, such as `(a, _)`, which
//! cannot be mentioned, and inputs that the body does not use, because a mention would be a use. All inputs after the
//! first of these become variables, too, to keep the order.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, FnArg, GenericArgument, Pat, PathArguments, ReceiverKind, Signature, Type};

use super::item::mentions;
use super::output::ungrouped;

/// The statements at the beginning of the body.
pub(super) struct Statements {
    /// A statement that never runs: the closure captures the inputs that it mentions.
    pub(super) captures: TokenStream,
    /// Variables for the other inputs.
    pub(super) bindings: TokenStream,
}

/// Makes the body own all inputs. With `keep_patterns`, patterns stay in the signature, because tags and labels use
/// the names in them, too. Then the parts without a name are dropped later: when the function returns.
pub(super) fn owned(sig: &mut Signature, body: &TokenStream, keep_patterns: bool) -> Statements {
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
    let bound_from = inputs
        .iter()
        .enumerate()
        .position(|(index, input)| {
            !input.has_trivial_drop
                && (is_partial(input) || index >= first && input.has_unused_variable())
        })
        .unwrap_or(inputs.len());
    let mut captures = Vec::new();
    let mut bindings = TokenStream::new();
    for (index, (input, arg)) in inputs.iter().zip(&mut sig.inputs).enumerate() {
        if input.has_trivial_drop {
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
                if index >= bound_from && !is_kept {
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

/// How an input is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
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
struct Input {
    form: Form,
    /// The variables that it declares.
    names: Vec<Ident>,
    /// The variables that the body does not mention.
    unused: Vec<Ident>,
    /// Whether the body mentions the receiver, or a variable.
    is_used: bool,
    /// Whether dropping it does nothing, as far as its type shows.
    has_trivial_drop: bool,
}

impl Input {
    fn new(input: &FnArg, body: &TokenStream) -> Self {
        match input {
            FnArg::Receiver(receiver) => Self {
                form: Form::Receiver,
                names: Vec::new(),
                unused: Vec::new(),
                is_used: mentions(body, "self"),
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
                    has_trivial_drop: has_trivial_drop(&arg.ty),
                }
            }
        }
    }

    fn is_pattern(&self) -> bool {
        matches!(self.form, Form::Pattern | Form::Partial)
    }

    /// Whether the body leaves one of the variables unused.
    fn has_unused_variable(&self) -> bool {
        !self.unused.is_empty()
    }

    fn uses(&self, name: &Ident) -> bool {
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

/// The `cfg` attributes of an input, and the others.
fn split_conditions(attrs: &[Attribute]) -> (Vec<Attribute>, Vec<Attribute>) {
    let is_condition = |attr: &Attribute| attr.path().is_ident("cfg");
    attrs.iter().cloned().partition(is_condition)
}

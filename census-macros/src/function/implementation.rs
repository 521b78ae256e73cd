//! `#[measure]` on an `impl` block: on each of its methods.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, ItemImpl, Meta, Type};

use super::item::{Function, braced, take_own};
use super::output::bare;
use super::{Arguments, Place, arguments, expand, item};
use crate::errors::Errors;

/// An `impl` block.
pub(super) struct Implementation {
    /// All that stands before the braces.
    head: TokenStream,
    braces: Group,
    place: Place,
    inner_attrs: Vec<Attribute>,
    items: Vec<Item>,
}

enum Item {
    Function(Box<Function>),
    Other(TokenStream),
}

/// Reads a block; the methods' bodies stay tokens.
pub(super) fn parse(tokens: TokenStream) -> syn::Result<Implementation> {
    let mut head: Vec<TokenTree> = tokens.into_iter().collect();
    let braces = match head.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        other => {
            let message = "expected `{ … }` after this";
            return Err(syn::Error::new_spanned(other, message));
        }
    };
    let head: TokenStream = head.into_iter().collect();
    let block: ItemImpl = syn::parse2(quote!(#head {}))?;
    let place = Place::Impl {
        ty: name(&block.self_ty),
        of_trait: block.trait_.is_some(),
    };
    let parser = |input: ParseStream<'_>| {
        let inner_attrs = input.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(parse_item(input)?);
        }
        Ok((inner_attrs, items))
    };
    let (inner_attrs, items) = parser.parse2(braces.stream())?;
    Ok(Implementation {
        head,
        braces,
        place,
        inner_attrs,
        items,
    })
}

fn parse_item(input: ParseStream<'_>) -> syn::Result<Item> {
    let rest: TokenStream = input.fork().parse()?;
    if item::kind(&rest) != item::Kind::Function {
        return item::other(input).map(Item::Other);
    }
    let ahead = input.fork();
    let function = item::function(&ahead)?;
    input.advance_to(&ahead);
    Ok(Item::Function(Box::new(function)))
}

/// The type's name, as the functions' names have it in front.
fn name(ty: &Type) -> String {
    match bare(ty) {
        Type::Path(path) if path.path.segments.last().is_some() => {
            let last = path.path.segments.last();
            last.map(|last| last.ident.to_string()).unwrap_or_default()
        }
        Type::Reference(reference) => name(&reference.elem),
        other => other.to_token_stream().to_string().replace(' ', ""),
    }
}

pub(super) fn expand(
    block: Implementation,
    arguments: &Arguments,
    errors: &mut Errors,
) -> TokenStream {
    let Implementation {
        head,
        braces,
        place,
        inner_attrs,
        items,
    } = block;
    let items = items.into_iter().map(|item| match item {
        Item::Function(function) => method(*function, arguments, &place, errors),
        Item::Other(tokens) => tokens,
    });
    let braces = braced(quote!(#(#inner_attrs)* #(#items)*), &braces);
    quote!(#head #braces)
}

fn method(
    mut function: Function,
    block: &Arguments,
    place: &Place,
    errors: &mut Errors,
) -> TokenStream {
    let own = take_own(&mut function.attrs);
    if let Some(attr) = function.attribute("measure").cloned() {
        // Otherwise it would be reported again, by itself.
        function.remove("measure");
        errors.at(
            attr,
            "a `#[measure]` inside of a `cfg_attr` cannot be seen here\nhelp: leave the block's attribute out, and write \
             one on each method",
        );
        return function.to_token_stream();
    }
    if own.is_empty() && (function.sig.constness.is_some() || function.body.is_none()) {
        return function.to_token_stream();
    }
    let mut own = own.into_iter();
    let mut merged = Arguments {
        name: None,
        skip: None,
        ..block.clone()
    };
    if let Some(attr) = own.next() {
        let before = errors.count();
        let arguments = match attr.meta {
            Meta::List(list) => arguments::parse(list.tokens, errors),
            _ => Arguments::default(),
        };
        if arguments.skip.is_some() || errors.count() > before {
            return function.to_token_stream();
        }
        merged = arguments.over(&merged);
    }
    for other in own {
        let message =
            "`#[measure]` stands here twice\nhelp: write all measures and tags in one of them";
        errors.at(other, message);
    }
    expand::function(function, &merged, place, errors)
}

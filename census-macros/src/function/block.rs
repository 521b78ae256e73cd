//! The `impl` block under an attribute: the methods' signatures are read, their bodies stay tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, ItemImpl, Type};

use super::item::{self, Function, ItemKind, item_kind};
use super::model::{BlockItem, ImplBlock, ItemContext};
use super::output::ungrouped;

/// Reads a block.
pub(super) fn parse(tokens: TokenStream) -> syn::Result<ImplBlock<Function>> {
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
    let context = ItemContext::Impl {
        ty: type_name(&block.self_ty),
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
    Ok(ImplBlock {
        head,
        braces,
        context,
        inner_attrs,
        items,
    })
}

fn parse_item(input: ParseStream<'_>) -> syn::Result<BlockItem<Function>> {
    let rest: TokenStream = input.fork().parse()?;
    if item_kind(&rest) != ItemKind::Function {
        return item::other(input).map(BlockItem::Other);
    }
    let ahead = input.fork();
    let function = item::function(&ahead)?;
    input.advance_to(&ahead);
    Ok(BlockItem::Function(Box::new(function)))
}

/// The name of the type, which the names of its methods begin with.
fn type_name(ty: &Type) -> String {
    match ungrouped(ty) {
        Type::Path(path) if path.path.segments.last().is_some() => {
            let last = path.path.segments.last();
            last.map(|last| last.ident.to_string()).unwrap_or_default()
        }
        Type::Reference(reference) => type_name(&reference.elem),
        other => other.to_token_stream().to_string().replace(' ', ""),
    }
}

//! The item under an attribute: `attrs vis static NAME: TYPE;`, and other items that users put the attribute on.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, PathSegment, Token, Type, Visibility};

use crate::errors::Errors;

/// A static to which the macro gives its value.
pub(crate) struct Static {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) token: Token![static],
    pub(crate) ident: Ident,
    /// `None`: missing or wrong, which was reported.
    pub(crate) ty: Option<Type>,
    /// The `=`, and the tokens between it and the `;`.
    pub(crate) value: Option<(Token![=], TokenStream)>,
}

/// The item under an attribute.
pub(crate) enum Item {
    Static(Box<Static>),
    /// Another item, which was reported. It is emitted unchanged.
    Other(TokenStream),
}

/// Names of types that are not an alias of the library's types in any sensible program. Types of numbers have messages of
/// their own.
pub(crate) const FOREIGN: [&str; 14] = [
    "AtomicI64",
    "AtomicU64",
    "AtomicUsize",
    "Counter",
    "Gauge",
    "HashMap",
    "Histogram",
    "Instant",
    "Option",
    "String",
    "Summary",
    "Vec",
    "bool",
    "str",
];

/// The words of an attribute's messages.
pub(crate) struct Declaration {
    /// `#[tag]`
    pub(crate) attribute: &'static str,
    /// `TagKey`
    pub(crate) ty: &'static str,
    /// The items that the attribute is for, with their articles.
    pub(crate) items: &'static str,
    /// `pub static FRONTEND: TagKey;`
    pub(crate) example: &'static str,
}

/// Reads the item; mistakes are reported on its tokens.
pub(crate) fn parse(item: TokenStream, declaration: &Declaration, errors: &mut Errors) -> Item {
    let parser = |input: ParseStream<'_>| parse_static(input, declaration, errors);
    match parser.parse2(item.clone()) {
        Ok(Some(item)) => Item::Static(Box::new(item)),
        Ok(None) => Item::Other(item),
        Err(error) => {
            errors.add(error);
            Item::Other(item)
        }
    }
}

fn parse_static(
    input: ParseStream<'_>,
    declaration: &Declaration,
    errors: &mut Errors,
) -> syn::Result<Option<Static>> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let Some(token) = keyword(input, declaration, errors)? else {
        input.parse::<TokenStream>()?;
        return Ok(None);
    };
    remove_optional(&mut attrs, declaration, errors);
    if let Some(token) = input.parse::<Option<Token![mut]>>()? {
        let message = format!(
            "a `{}` cannot be a `static mut`\nhelp: write `{}`",
            declaration.ty, declaration.example
        );
        errors.at(token, message);
    }
    let ident: Ident = input.parse()?;
    let ty = if input.parse::<Option<Token![:]>>()?.is_some() {
        Some(input.parse()?)
    } else {
        let message = format!(
            "`{ident}` has no type\nhelp: write `{}`",
            declaration.example
        );
        errors.at(&ident, message);
        None
    };
    let assigned = input.parse::<Option<Token![=]>>()?;
    let mut value = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![;]) {
        value.extend([input.parse::<TokenTree>()?]);
    }
    if assigned.is_none() && !value.is_empty() {
        let message = format!(
            "expected `;` after the type\nhelp: end the item there: `{}`",
            declaration.example
        );
        errors.at(&value, message);
    }
    input.parse::<Option<Token![;]>>()?;
    Ok(Some(Static {
        attrs,
        vis,
        token,
        ident,
        ty,
        value: assigned.map(|token| (token, value)),
    }))
}

/// Removes an `#[optional]`, which is reported: only items of a `view!` have it.
fn remove_optional(attrs: &mut Vec<Attribute>, declaration: &Declaration, errors: &mut Errors) {
    attrs.retain(|attr| {
        let is_optional = attr.path().is_ident("optional");
        if is_optional {
            let message = format!(
                "only a view can be optional, not a `{}`\nhelp: remove `#[optional]`",
                declaration.ty
            );
            errors.at(attr, message);
        }
        !is_optional
    });
}

/// The `static`. A `const NAME` is reported and gives a `static` in its place; any other item is reported and gives `None`.
fn keyword(
    input: ParseStream<'_>,
    declaration: &Declaration,
    errors: &mut Errors,
) -> syn::Result<Option<Token![static]>> {
    if input.peek(Token![static]) {
        return input.parse().map(Some);
    }
    let is_const = input.peek(Token![const])
        && !["fn", "unsafe", "async", "extern"]
            .iter()
            .any(|word| next_word_is(input, word));
    let mut message = format!(
        "{} goes on {}\nhelp: write `{}`",
        declaration.attribute, declaration.items, declaration.example
    );
    if is_const {
        let token: Token![const] = input.parse()?;
        errors.at(token, message);
        return Ok(Some(Token![static](token.span)));
    }
    if input.peek(Token![enum]) {
        message.push_str("; for an enum of tag values, write `#[derive(TagValue)]`");
    }
    if input.peek(Token![trait]) && declaration.ty == "Measure" {
        message.push_str(
            "; to measure a trait's methods, write `#[measure]` where they are implemented",
        );
    }
    let first: TokenTree = input.parse()?;
    errors.at(first, message);
    Ok(None)
}

fn next_word_is(input: ParseStream<'_>, word: &str) -> bool {
    let second = input
        .cursor()
        .token_tree()
        .and_then(|(_, rest)| rest.ident());
    second.is_some_and(|(ident, _)| ident == word)
}

/// The last segment of a type that is a path: `TagKey` of `census::TagKey`.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(ty) => ty.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

/// For the type of a measure, tag key or view: the macro that declares it.
pub(crate) fn declared_by(ty: &Type) -> Option<&'static str> {
    let name = last_segment(ty)?.ident.to_string();
    match name.as_str() {
        "TagKey" => Some("`#[tag]`"),
        "Measure" | "Observed" => Some("`#[measure]`"),
        "View" => Some("`view!`"),
        _ => None,
    }
}

impl Static {
    /// Reports a value: the macro gives the static its own.
    pub(crate) fn refuse_value(&self, declaration: &Declaration, errors: &mut Errors) {
        if let Some((token, value)) = &self.value {
            let message = format!(
                "{} gives the static its value\nhelp: end the item after the type: `{}`",
                declaration.attribute, declaration.example
            );
            errors.at(quote!(#token #value), message);
        }
    }
}

impl ToTokens for Static {
    /// The tokens before the type.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attr in &self.attrs {
            attr.to_tokens(tokens);
        }
        self.vis.to_tokens(tokens);
        self.token.to_tokens(tokens);
        self.ident.to_tokens(tokens);
    }
}

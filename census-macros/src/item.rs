//! The item under an attribute: `attrs vis static NAME: TYPE;`, and all that people write instead.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, PathSegment, Token, Type, Visibility};

use crate::errors::Errors;

/// A static to be given its value.
pub(crate) struct Static {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) token: Token![static],
    pub(crate) name: Ident,
    /// `None`: left out, and reported.
    pub(crate) ty: Option<Type>,
}

/// What an attribute stands on.
pub(crate) enum Item {
    Static(Box<Static>),
    /// Something else, reported, to be emitted as it is.
    Other(TokenStream),
}

/// Types that are never one of ours under another name, unless someone means to confuse. Numbers have messages of their
/// own.
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

/// What an attribute declares, for messages.
pub(crate) struct Declares {
    /// `#[tag]`
    pub(crate) attribute: &'static str,
    /// `TagKey`
    pub(crate) ty: &'static str,
    /// What it goes on, with its article.
    pub(crate) places: &'static str,
    /// `pub static FRONTEND: TagKey;`
    pub(crate) example: &'static str,
}

/// Reads the item; mistakes are reported on its tokens.
pub(crate) fn parse(item: TokenStream, what: &Declares, errors: &mut Errors) -> Item {
    let parser = |input: ParseStream<'_>| parse_static(input, what, errors);
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
    what: &Declares,
    errors: &mut Errors,
) -> syn::Result<Option<Static>> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let Some(token) = keyword(input, what, errors)? else {
        input.parse::<TokenStream>()?;
        return Ok(None);
    };
    if let Some(token) = input.parse::<Option<Token![mut]>>()? {
        let message = format!(
            "a `{}` never changes: it cannot be a `static mut`\nhelp: write `{}`",
            what.ty, what.example
        );
        errors.at(token, message);
    }
    let name: Ident = input.parse()?;
    let ty = if input.parse::<Option<Token![:]>>()?.is_some() {
        Some(input.parse()?)
    } else {
        let message = format!("`{name}` has no type\nhelp: write `{}`", what.example);
        errors.at(&name, message);
        None
    };
    let mut value = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![;]) {
        value.extend([input.parse::<TokenTree>()?]);
    }
    if !value.is_empty() {
        let message = format!(
            "{} gives the static its value\nhelp: end the item after its type: `{}`",
            what.attribute, what.example
        );
        errors.at(value, message);
    }
    input.parse::<Option<Token![;]>>()?;
    Ok(Some(Static {
        attrs,
        vis,
        token,
        name,
        ty,
    }))
}

/// The `static`; of a `const NAME`, one in its place. `None` for every other item.
fn keyword(
    input: ParseStream<'_>,
    what: &Declares,
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
        what.attribute, what.places, what.example
    );
    if is_const {
        let token: Token![const] = input.parse()?;
        errors.at(token, message);
        return Ok(Some(Token![static](token.span)));
    }
    if input.peek(Token![enum]) {
        message.push_str("; an enum of tag values has `#[derive(TagValue)]`");
    }
    if input.peek(Token![trait]) && what.ty == "Measure" {
        message.push_str("; methods of a trait are measured where they are implemented");
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

/// The macro that declares what a type is of, where it is one of the library's.
pub(crate) fn declared_by(ty: &Type) -> Option<&'static str> {
    let name = last_segment(ty)?.ident.to_string();
    match name.as_str() {
        "TagKey" => Some("`#[tag]`"),
        "Measure" => Some("`#[measure]`"),
        "View" => Some("`view!`"),
        _ => None,
    }
}

impl ToTokens for Static {
    /// All that stands before the type.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attr in &self.attrs {
            attr.to_tokens(tokens);
        }
        self.vis.to_tokens(tokens);
        self.token.to_tokens(tokens);
        self.name.to_tokens(tokens);
    }
}

//! The function under an attribute: its signature is read, its body stays tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, Signature, Token, Visibility, token};

/// A function or a method.
#[derive(Clone)]
pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) defaultness: Option<Ident>,
    pub(super) sig: Signature,
    /// `None` for a function that ends in a `;`.
    pub(super) body: Option<Group>,
    semi: Option<Token![;]>,
}

/// The kind of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Function,
    Impl,
    /// A static, or any other item.
    Other,
}

/// The kind of an item, by the words that it begins with.
pub(crate) fn item_kind(item: &TokenStream) -> ItemKind {
    let parser = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let mut kind = ItemKind::Other;
        while let Some((word, _)) = input.cursor().ident() {
            kind = match word.to_string().as_str() {
                "fn" => ItemKind::Function,
                "impl" => ItemKind::Impl,
                "default" | "const" | "async" | "unsafe" | "safe" | "extern" | "gen" => {
                    input.parse::<TokenTree>()?;
                    input.parse::<Option<syn::LitStr>>()?;
                    continue;
                }
                _ => ItemKind::Other,
            };
            break;
        }
        input.parse::<TokenStream>()?;
        Ok(kind)
    };
    parser.parse2(item.clone()).unwrap_or(ItemKind::Other)
}

/// Reads a function.
pub(super) fn parse(item: TokenStream) -> syn::Result<Function> {
    function.parse2(item)
}

/// Reads a function from the items of a block.
pub(super) fn function(input: ParseStream<'_>) -> syn::Result<Function> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let defaultness = if next_is(input, "default") {
        Some(input.parse()?)
    } else {
        None
    };
    let sig = input.parse()?;
    let (body, semi) = if input.peek(Token![;]) {
        (None, Some(input.parse()?))
    } else {
        let body = input.call(braces)?;
        (Some(without_inner_attributes(&body, &mut attrs)?), None)
    };
    Ok(Function {
        attrs,
        vis,
        defaultness,
        sig,
        body,
        semi,
    })
}

/// Whether the next token is this word.
fn next_is(input: ParseStream<'_>, word: &str) -> bool {
    input
        .cursor()
        .ident()
        .is_some_and(|(ident, _)| ident == word)
}

/// Reads a group in braces.
fn braces(input: ParseStream<'_>) -> syn::Result<Group> {
    let ahead = input.fork();
    match visible(ahead.parse()?) {
        Some(group) if group.delimiter() == Delimiter::Brace => {
            input.advance_to(&ahead);
            Ok(group)
        }
        _ => Err(input.error("expected the function's body, `{ … }`")),
    }
}

/// A group, without the invisible groups around it, which a `macro_rules!` puts around a `$body:block`.
fn visible(token: TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else {
        return None;
    };
    let mut inner = group.stream().into_iter();
    match (group.delimiter(), inner.next(), inner.next()) {
        (Delimiter::None, Some(token), None) => visible(token),
        _ => Some(group),
    }
}

/// The body, whose `#![…]` become attributes of the function: in the expansion the body is an expression, which cannot have
/// them.
fn without_inner_attributes(body: &Group, attrs: &mut Vec<Attribute>) -> syn::Result<Group> {
    let parser = |input: ParseStream<'_>| {
        let inner = input.call(Attribute::parse_inner)?;
        let rest: TokenStream = input.parse()?;
        Ok((inner, rest))
    };
    let (inner, rest) = parser.parse2(body.stream())?;
    if inner.is_empty() {
        return Ok(body.clone());
    }
    attrs.extend(inner.into_iter().map(|mut attr| {
        attr.style = syn::AttrStyle::Outer;
        attr
    }));
    Ok(braced(rest, body))
}

/// Tokens in braces with the span of other braces.
pub(super) fn braced(tokens: TokenStream, braces: &Group) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(braces.span());
    group
}

/// Whether an attribute is a `#[measure]`, with any path before it.
pub(super) fn is_measure(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|segment| segment.ident == "measure")
}

/// Takes the `#[measure]`s out of the attributes.
pub(super) fn take_measures(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    attrs.extract_if(.., |attr| is_measure(attr)).collect()
}

/// The attributes of the language that a function can have, and the prefixes of tools. They do not look at the body.
const BUILT_IN: [&str; 21] = [
    "allow",
    "cfg",
    "clippy",
    "cold",
    "deny",
    "deprecated",
    "diagnostic",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "rustfmt",
    "target_feature",
    "test",
    "track_caller",
    "unsafe",
    "warn",
];

impl Function {
    /// Whether there is an attribute that may be a macro, which gets the function after `#[measure]`.
    pub(super) fn has_other_macro(&self) -> bool {
        self.attrs.iter().any(|attr| {
            let first = attr.path().segments.first();
            !first.is_some_and(|first| BUILT_IN.iter().any(|name| first.ident == name))
        })
    }

    /// The attribute of this name, or a `cfg_attr` that can give it.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attrs.iter().find(|attr| gives(attr, name))
    }

    /// Removes the attributes that [`attribute`](Self::attribute) finds.
    pub(super) fn remove(&mut self, name: &str) {
        self.attrs.retain(|attr| !gives(attr, name));
    }

    /// The tokens before the body.
    pub(super) fn head(&self) -> TokenStream {
        let Self {
            attrs,
            vis,
            defaultness,
            sig,
            ..
        } = self;
        quote!(#(#attrs)* #vis #defaultness #sig)
    }
}

fn gives(attr: &Attribute, name: &str) -> bool {
    attr.path().is_ident(name)
        || attr.path().is_ident("cfg_attr") && mentions(&attr.to_token_stream(), name)
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.head().to_tokens(tokens);
        self.body.to_tokens(tokens);
        self.semi.to_tokens(tokens);
    }
}

/// Whether the tokens contain a word. Literals that may be format strings count as containing every word in their text.
pub(super) fn mentions(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(&group.stream(), word),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            text.contains('{') && text.contains(word.trim_start_matches("r#"))
        }
        TokenTree::Punct(_) => false,
    })
}

/// Takes an item that is not a function, up to its `;` or its braces.
pub(super) fn other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = input
        .call(Attribute::parse_outer)?
        .iter()
        .map(ToTokens::to_token_stream)
        .collect::<TokenStream>();
    // A constant's value may have braces in the middle; a macro call in braces ends with them.
    let ends_in_semicolon = ["const", "type", "static", "pub", "default"]
        .iter()
        .any(|word| next_is(input, word));
    while !input.is_empty() {
        let is_last = input.peek(Token![;]) || !ends_in_semicolon && input.peek(token::Brace);
        tokens.extend([input.parse::<TokenTree>()?]);
        if is_last {
            break;
        }
    }
    Ok(tokens)
}

//! The function under an attribute: its signature is read, its body stays tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, Signature, Token, Visibility, token};

/// A function or a method.
pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) defaultness: Option<Ident>,
    pub(super) sig: Signature,
    /// `None`: it ends in a `;`.
    pub(super) body: Option<Group>,
    semi: Option<Token![;]>,
}

/// What an attribute may stand on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    Impl,
    /// A static, or something else.
    Other,
}

/// What an item is, by the words that it begins with.
pub(crate) fn kind(item: &TokenStream) -> Kind {
    let parser = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let mut kind = Kind::Other;
        while let Some((word, _)) = input.cursor().ident() {
            kind = match word.to_string().as_str() {
                "fn" => Kind::Function,
                "impl" => Kind::Impl,
                "default" | "const" | "async" | "unsafe" | "safe" | "extern" | "gen" => {
                    input.parse::<TokenTree>()?;
                    input.parse::<Option<syn::LitStr>>()?;
                    continue;
                }
                _ => Kind::Other,
            };
            break;
        }
        input.parse::<TokenStream>()?;
        Ok(kind)
    };
    parser.parse2(item.clone()).unwrap_or(Kind::Other)
}

/// Reads a function.
pub(super) fn parse(item: TokenStream) -> syn::Result<Function> {
    function.parse2(item)
}

/// Reads a function, of which there may be more.
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

/// Whether the next word is this one.
pub(super) fn next_is(input: ParseStream<'_>, word: &str) -> bool {
    input
        .cursor()
        .ident()
        .is_some_and(|(ident, _)| ident == word)
}

/// What stands in braces, with the braces themselves.
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

/// A group, without the invisible ones around it: a `macro_rules!` puts those around a `$body:block`.
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

/// The body, whose `#![…]` become attributes of the function: its block will be another one's tail.
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

/// Tokens in the same braces.
pub(super) fn braced(tokens: TokenStream, like: &Group) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(like.span());
    group
}

/// Whether an attribute is a `#[measure]`, under whatever path.
pub(super) fn is_own(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|segment| segment.ident == "measure")
}

/// Takes the `#[measure]`s out of the attributes.
pub(super) fn take_own(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    attrs.extract_if(.., |attr| is_own(attr)).collect()
}

impl Function {
    /// The attribute of this name, also where `cfg_attr` gives it.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attrs.iter().find(|attr| gives(attr, name))
    }

    /// Takes away what [`attribute`](Self::attribute) finds.
    pub(super) fn remove(&mut self, name: &str) {
        self.attrs.retain(|attr| !gives(attr, name));
    }

    /// All that stands before the body.
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

/// Whether a word stands somewhere in the tokens, be it in a format string.
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

/// Takes an item that is no function: up to its `;` or its braces.
pub(super) fn other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = input
        .call(Attribute::parse_outer)?
        .iter()
        .map(ToTokens::to_token_stream)
        .collect::<TokenStream>();
    // A constant's value may have braces in the middle; an invocation in braces ends with them.
    let to_semicolon = ["const", "type", "static", "pub", "default"]
        .iter()
        .any(|word| next_is(input, word));
    while !input.is_empty() {
        let ends = input.peek(Token![;]) || !to_semicolon && input.peek(token::Brace);
        tokens.extend([input.parse::<TokenTree>()?]);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

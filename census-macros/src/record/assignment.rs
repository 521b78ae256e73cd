//! `LHS = value`, of which `record!` and `tags!` consist.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, Lit, Token, UnOp};

use super::model::Assignment;
use crate::errors::Errors;
use crate::list;

/// The kind of an assignment's left side, for messages.
#[derive(Clone, Copy)]
pub(super) enum LhsKind {
    Measure,
    TagKey,
}

impl LhsKind {
    fn noun(self) -> &'static str {
        match self {
            Self::Measure => "measure",
            Self::TagKey => "tag key",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Measure => "VIDEO_SIZE = size",
            Self::TagKey => "FRONTEND = \"ios\"",
        }
    }
}

/// Reads `LHS = value`.
pub(super) fn parse(
    input: ParseStream<'_>,
    kind: LhsKind,
    errors: &mut Errors,
) -> syn::Result<Assignment> {
    let (noun, example) = (kind.noun(), kind.example());
    let tokens = before_equals(input)?;
    if tokens.is_empty() {
        return Err(input.error(format!("expected a {noun}\nhelp: write `{example}`")));
    }
    let lhs = lhs(&tokens, kind)?;
    let without_value = || {
        syn::Error::new_spanned(
            &tokens,
            format!("this {noun} has no value\nhelp: write `{example}`"),
        )
    };
    let Some(equals) = input.parse::<Option<Token![=]>>()? else {
        let is_literal = input.peek(Token![,]) && input.peek2(Lit) && !input.peek3(Token![=]);
        if is_literal {
            input.parse::<Token![,]>()?;
            let value = value(input);
            let message = format!(
                "a {noun} and its value are separated by `=`, not `,`\nhelp: write `{tokens} = {value}`"
            );
            errors.at(tokens, message);
            return Ok(Assignment { lhs, value });
        }
        return Err(without_value());
    };
    if input.peek(Token![=]) {
        let message = format!(
            "a {noun} and its value are separated by a single `=`\nhelp: write `{example}`"
        );
        return Err(syn::Error::new_spanned(equals, message));
    }
    let value = value(input);
    if value.is_empty() {
        return Err(without_value());
    }
    Ok(Assignment { lhs, value })
}

/// Takes the tokens before the `=`.
fn before_equals(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) && !input.peek(Token![=]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// Takes a value: an expression, or if it does not parse as one, the tokens before the next comma.
pub(crate) fn value(input: ParseStream<'_>) -> TokenStream {
    let ahead = input.fork();
    match ahead.parse::<Expr>() {
        Ok(value) => {
            input.advance_to(&ahead);
            value.into_token_stream()
        }
        Err(_) => list::rest(input),
    }
}

/// The measure or tag key that the tokens refer to.
fn lhs(tokens: &TokenStream, kind: LhsKind) -> syn::Result<Expr> {
    let (noun, example) = (kind.noun(), kind.example());
    let message = match syn::parse2::<Expr>(tokens.clone()) {
        Ok(expr) if is_place(&expr) => return Ok(expr),
        Ok(Expr::Lit(_)) => {
            format!("expected a {noun}'s static, not a literal\nhelp: write `{example}`")
        }
        Ok(Expr::Macro(call)) if call.mac.path.is_ident("tags") => {
            let tags = &call.mac.tokens;
            format!("the tags of a measurement are not a `tags!`\nhelp: write `tags({tags})`")
        }
        Ok(Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_)) => {
            format!(
                "expected a {noun}, not a call\nhelp: bind the {noun} to a variable first, with `let`"
            )
        }
        _ => format!("expected a {noun}, `=` and a value\nhelp: write `{example}`"),
    };
    Err(syn::Error::new_spanned(tokens, message))
}

/// Whether the expression is a place: a path, or a field, an element or the target of one.
fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_place(&unary.expr),
        Expr::Paren(paren) => is_place(&paren.expr),
        Expr::Group(group) => is_place(&group.expr),
        _ => false,
    }
}

/// The assignments with different left sides. Repeated ones are reported.
pub(super) fn distinct(
    assignments: Vec<Assignment>,
    kind: LhsKind,
    errors: &mut Errors,
) -> Vec<Assignment> {
    let mut seen: Vec<String> = Vec::new();
    let mut is_first = |assignment: &Assignment| {
        let tokens = assignment.lhs.to_token_stream().to_string();
        let is_first = !seen.contains(&tokens);
        if is_first {
            seen.push(tokens);
        } else {
            let message = match kind {
                LhsKind::Measure => {
                    "this measure is recorded twice\nhelp: write a second `record!` for it"
                }
                LhsKind::TagKey => "this tag is set twice\nhelp: remove one of the two",
            };
            errors.at(&assignment.lhs, message);
        }
        is_first
    };
    assignments
        .into_iter()
        .filter(|assignment| is_first(assignment))
        .collect()
}

//! `PLACE = value`, of which `record!` and `tags!` consist.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, Lit, Token, UnOp};

use crate::errors::Errors;
use crate::list;

/// A measure or a tag key, and the value that it gets.
#[derive(Clone)]
pub(crate) struct Assignment {
    pub(crate) place: Expr,
    /// The user's own tokens, also when they are no expression yet: the compiler says that better, and editors
    /// complete what is half typed.
    pub(crate) value: TokenStream,
}

/// Which of the two stands on the left, for messages.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Measure,
    Key,
}

impl Place {
    fn what(self) -> &'static str {
        match self {
            Self::Measure => "a measure",
            Self::Key => "a tag key",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Measure => "VIDEO_SIZE = size",
            Self::Key => "FRONTEND = \"ios\"",
        }
    }
}

/// Reads `PLACE = value`.
pub(super) fn parse(
    input: ParseStream<'_>,
    of: Place,
    errors: &mut Errors,
) -> syn::Result<Assignment> {
    let (what, example) = (of.what(), of.example());
    let left = left(input)?;
    if left.is_empty() {
        return Err(input.error(format!("expected {what}\nhelp: write `{example}`")));
    }
    let place = place(&left, of)?;
    let valueless = || {
        syn::Error::new_spanned(
            &left,
            format!("{what} without a value\nhelp: write `{example}`"),
        )
    };
    let Some(equals) = input.parse::<Option<Token![=]>>()? else {
        let literal = input.peek(Token![,]) && input.peek2(Lit) && !input.peek3(Token![=]);
        if literal {
            input.parse::<Token![,]>()?;
            let value = value(input);
            let message =
                format!("the value follows a `=`, not a `,`\nhelp: write `{left} = {value}`");
            errors.at(left, message);
            return Ok(Assignment { place, value });
        }
        return Err(valueless());
    };
    if input.peek(Token![=]) {
        let message = format!("the value follows a single `=`\nhelp: write `{example}`");
        return Err(syn::Error::new_spanned(equals, message));
    }
    let value = value(input);
    if value.is_empty() {
        return Err(valueless());
    }
    Ok(Assignment { place, value })
}

/// The tokens before the `=`.
fn left(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) && !input.peek(Token![=]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// The value up to the next comma, also if it is no expression.
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

/// The place that the tokens name.
fn place(tokens: &TokenStream, of: Place) -> syn::Result<Expr> {
    let (what, example) = (of.what(), of.example());
    let message = match syn::parse2::<Expr>(tokens.clone()) {
        Ok(expr) if is_place(&expr) => return Ok(expr),
        Ok(Expr::Lit(_)) => {
            format!("{what} is named by its static here, not by a literal\nhelp: write `{example}`")
        }
        Ok(Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_)) => {
            format!("{what} is named here, not computed\nhelp: give it a name with `let` first")
        }
        _ => format!("expected {what}, `=` and a value\nhelp: write `{example}`"),
    };
    Err(syn::Error::new_spanned(tokens, message))
}

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

/// The assignments with each place once; the others are reported.
pub(super) fn distinct(
    assignments: Vec<Assignment>,
    of: Place,
    errors: &mut Errors,
) -> Vec<Assignment> {
    let mut seen: Vec<String> = Vec::new();
    let mut first = |assignment: &Assignment| {
        let text = assignment.place.to_token_stream().to_string();
        let first = !seen.contains(&text);
        if first {
            seen.push(text);
        } else {
            let message = match of {
                Place::Measure => {
                    "this measure is recorded twice\nhelp: write a second `record!` for it"
                }
                Place::Key => "this tag is set twice\nhelp: leave one of them out",
            };
            errors.at(&assignment.place, message);
        }
        first
    };
    assignments
        .into_iter()
        .filter(|assignment| first(assignment))
        .collect()
}

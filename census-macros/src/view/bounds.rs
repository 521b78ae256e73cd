//! Bucket bounds: a list of expressions, of which the macro compares the literals, or an expression of type `Buckets`.

use std::cmp::Ordering;

use proc_macro2::{Group, Ident};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, Token, UnOp, token};

use super::model::{Bounds, Buckets};
use crate::errors::Errors;
use crate::list;

/// Reads the value of an option: `[bound, …]`, or an expression of type `Buckets`.
pub(super) fn parse(input: ParseStream<'_>, word: &Ident, errors: &mut Errors) -> Buckets {
    let before = errors.count();
    if let Some(series) = series(input) {
        return Buckets::Series(Box::new(series));
    }
    let list = if input.peek(token::Bracket) {
        input.parse::<Group>().ok()
    } else {
        None
    };
    // The whole value if it is not a list, or an operator and its operand after a list.
    let rest = list::rest(input);
    if !rest.is_empty() {
        let message = format!(
            "buckets are a list of upper bounds\nhelp: write `{word}: [10, 20, 50]` or \
             `{word}: Buckets::linear(10, 10, 5)`"
        );
        errors.at(rest, message);
    }
    let Some(list) = list else {
        return Buckets::Wrong;
    };
    let parser = |input: ParseStream<'_>| Ok(list::parse(input, errors, |input, _| input.parse()));
    let exprs: Vec<Expr> = match parser.parse2(list.stream()) {
        Ok(exprs) => exprs,
        Err(error) => {
            errors.add(error);
            Vec::new()
        }
    };
    check_increasing(&exprs, errors);
    if errors.count() > before {
        return Buckets::Wrong;
    }
    let first = |is: fn(&Expr) -> bool| exprs.iter().find(|bound| is(bound)).cloned();
    Buckets::Bounds(Box::new(Bounds {
        first_number: first(is_number),
        first_negative: first(is_negative),
        list,
        exprs,
    }))
}

/// Takes an expression that may be of type `Buckets`.
fn series(input: ParseStream<'_>) -> Option<Expr> {
    let ahead = input.fork();
    let expr: Expr = ahead.parse().ok()?;
    let is_whole = ahead.is_empty() || ahead.peek(Token![,]);
    (is_whole && may_be_series(&expr)).then(|| {
        input.advance_to(&ahead);
        expr
    })
}

/// Only the compiler knows the type of an expression. But these are not of the wrong types that come to mind: a list that
/// is borrowed or repeated, a range, a number.
fn may_be_series(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_) | Expr::Field(_) => {
            true
        }
        Expr::Group(group) => may_be_series(&group.expr),
        Expr::Paren(paren) => may_be_series(&paren.expr),
        _ => false,
    }
}

/// Reports the first literal that is not greater than the literal before it.
fn check_increasing(bounds: &[Expr], errors: &mut Errors) {
    for (earlier, later) in bounds.iter().zip(bounds.iter().skip(1)) {
        let (Some(before), Some(after)) = (Number::of(earlier), Number::of(later)) else {
            continue;
        };
        let message = match after.compare(&before) {
            Some(Ordering::Less) => "this bound is less than the one before it",
            Some(Ordering::Equal) => "this bound is equal to the one before it",
            Some(Ordering::Greater) | None => continue,
        };
        errors.at(
            later,
            format!("{message}\nhelp: write the bounds in increasing order, each of them once"),
        );
        return;
    }
}

/// Whether a bound is a literal number, with or without a minus. Only the compiler knows the types of other expressions.
fn is_number(bound: &Expr) -> bool {
    Number::of(bound).is_some()
}

/// Whether a bound is a literal number with a minus.
fn is_negative(bound: &Expr) -> bool {
    match bound {
        Expr::Unary(_) => is_number(bound),
        Expr::Group(group) => is_negative(&group.expr),
        Expr::Paren(paren) => is_negative(&paren.expr),
        _ => false,
    }
}

/// A literal number.
enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit {
                lit: Lit::Int(literal),
                ..
            }) => match literal.suffix() {
                "f32" | "f64" => literal.base10_parse().ok().map(Self::Float),
                _ => literal.base10_parse().ok().map(Self::Integer),
            },
            Expr::Lit(ExprLit {
                lit: Lit::Float(literal),
                ..
            }) => literal.base10_parse().ok().map(Self::Float),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                match Self::of(&unary.expr)? {
                    Self::Integer(value) => value.checked_neg().map(Self::Integer),
                    Self::Float(value) => Some(Self::Float(-value)),
                }
            }
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Paren(paren) => Self::of(&paren.expr),
            _ => None,
        }
    }

    /// `None` for an integer and a float: the compiler rejects a list with both.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            _ => None,
        }
    }
}

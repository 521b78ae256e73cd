//! Bucket bounds: a list of expressions, of which the literals can be compared here already.

use std::cmp::Ordering;

use proc_macro2::Group;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, UnOp, token};

use crate::errors::Errors;
use crate::list;

/// The bounds of a distribution.
pub(super) enum Bounds {
    /// Right as far as a macro can see; the library checks what the expressions come to.
    Listed { list: Group, bounds: Vec<Expr> },
    /// Wrong, and reported.
    Wrong,
}

/// Reads `[bound, …]`.
pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Bounds {
    const MESSAGE: &str = "buckets are a list of upper bounds\nhelp: write `buckets: [10, 20, 50]`";
    let before = errors.count();
    let list = if input.peek(token::Bracket) {
        input.parse::<Group>().ok()
    } else {
        None
    };
    // What is left of a value that is no list: all of it, or what an operator adds to the list.
    let rest = list::rest(input);
    if !rest.is_empty() {
        errors.at(rest, MESSAGE);
    }
    let Some(list) = list else {
        return Bounds::Wrong;
    };
    let parser = |input: ParseStream<'_>| Ok(list::parse(input, errors, |input, _| input.parse()));
    let bounds: Vec<Expr> = match parser.parse2(list.stream()) {
        Ok(bounds) => bounds,
        Err(error) => {
            errors.add(error);
            Vec::new()
        }
    };
    increasing(&bounds, errors);
    if errors.count() > before {
        return Bounds::Wrong;
    }
    Bounds::Listed { list, bounds }
}

/// Reports the first literal that is not greater than the literal before it.
fn increasing(bounds: &[Expr], errors: &mut Errors) {
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

/// Whether a bound is a number: a literal, maybe with a minus. What other expressions are, only the compiler knows.
pub(super) fn is_number(bound: &Expr) -> bool {
    Number::of(bound).is_some()
}

/// Whether a bound is a number with a minus.
pub(super) fn is_negative(bound: &Expr) -> bool {
    match bound {
        Expr::Unary(_) => is_number(bound),
        Expr::Group(group) => is_negative(&group.expr),
        Expr::Paren(paren) => is_negative(&paren.expr),
        _ => false,
    }
}

/// A number written as a literal.
enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) => match number.suffix() {
                "f32" | "f64" => number.base10_parse().ok().map(Self::Float),
                _ => number.base10_parse().ok().map(Self::Integer),
            },
            Expr::Lit(ExprLit {
                lit: Lit::Float(number),
                ..
            }) => number.base10_parse().ok().map(Self::Float),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                match Self::of(&unary.expr)? {
                    Self::Integer(number) => number.checked_neg().map(Self::Integer),
                    Self::Float(number) => Some(Self::Float(-number)),
                }
            }
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Paren(paren) => Self::of(&paren.expr),
            _ => None,
        }
    }

    /// `None` for an integer and a float: the compiler refuses them in one list.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            _ => None,
        }
    }
}

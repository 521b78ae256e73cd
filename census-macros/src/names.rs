//! Names and units: the checks that a literal allows, and the default name that an identifier gives.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;

/// The most bytes of a name, and of a tag value.
pub(crate) const MAX_LEN: usize = 255;

/// The most bytes of a unit.
const MAX_UNIT_LEN: usize = 63;

/// The name of a declaration, checked as far as a macro can.
pub(crate) enum Name {
    /// The user's expression: a literal that is a name, or another expression, which the library checks at compile
    /// time.
    Given(Expr),
    /// The identifier in lower case; `_` if that is not a name, which was reported.
    Default(String),
}

impl Name {
    /// The given name, or else the identifier in lower case. Reports a wrong name; `example` shows how a name is
    /// written in this macro.
    pub(crate) fn new(
        given: Option<Expr>,
        ident: &Ident,
        example: &str,
        errors: &mut Errors,
    ) -> Self {
        let is_given = given.is_some();
        if let Some(expr) = given
            && check_string(&expr, "a name", example, errors)
            && check_name(&expr, errors)
        {
            return Self::Given(expr);
        }
        let lower = ident.unraw().to_string().to_lowercase();
        if is_name(&lower) {
            return Self::Default(lower);
        }
        if !is_given {
            let message = format!(
                "the identifier `{ident}` cannot be the name, which is 1 to {MAX_LEN} characters of printable ASCII\n\
                 help: write `{example}`"
            );
            errors.at(ident, message);
        }
        Self::Default("_".to_owned())
    }

    /// The expression that only the library can check, because it is not a literal.
    pub(crate) fn unchecked(&self) -> Option<&Expr> {
        match self {
            Self::Given(expr) if literal(expr).is_none() => Some(expr),
            Self::Given(_) | Self::Default(_) => None,
        }
    }
}

/// The string literal that an expression is, also when a `macro_rules!` passed it on.
pub(crate) fn literal(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(string),
            ..
        }) => Some(string),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

/// Reports a literal that is not a string; `noun` is a name or a unit, with its article.
pub(crate) fn check_string(expr: &Expr, noun: &str, example: &str, errors: &mut Errors) -> bool {
    let is_other_literal = matches!(expr, Expr::Lit(_)) && literal(expr).is_none();
    if is_other_literal {
        errors.at(expr, format!("{noun} is a string\nhelp: write `{example}`"));
    }
    !is_other_literal
}

/// Reports a literal that is not a name. The library checks other expressions at compile time.
fn check_name(expr: &Expr, errors: &mut Errors) -> bool {
    let Some(string) = literal(expr) else {
        return true;
    };
    let value = string.value();
    let mistake = if value.is_empty() {
        "this name is empty".to_owned()
    } else if value.len() > MAX_LEN {
        format!("this name has {} bytes", value.len())
    } else if let Some(character) = value.chars().find(|c| !matches!(c, ' '..='~')) {
        format!("this name contains {character:?}")
    } else {
        return true;
    };
    errors.at(
        string,
        format!("{mistake}\nhelp: write 1 to {MAX_LEN} characters of printable ASCII"),
    );
    false
}

/// Reports a literal that is not a unit.
pub(crate) fn check_unit(expr: &Expr, errors: &mut Errors) -> bool {
    if !check_string(expr, "a unit", "unit = \"By\"", errors) {
        return false;
    }
    let Some(string) = literal(expr) else {
        return true;
    };
    let value = string.value();
    let mistake = if value.is_empty() {
        "this unit is empty".to_owned()
    } else if value.len() > MAX_UNIT_LEN {
        format!("this unit has {} bytes", value.len())
    } else if let Some(character) = value.chars().find(|c| !matches!(c, '!'..='~')) {
        format!("this unit contains {character:?}")
    } else {
        return true;
    };
    errors.at(
        string,
        format!(
            "{mistake}\nhelp: write a UCUM unit, like `\"By\"` or `\"1\"`: 1 to {MAX_UNIT_LEN} characters of printable \
             ASCII without spaces"
        ),
    );
    false
}

fn is_name(name: &str) -> bool {
    (1..=MAX_LEN).contains(&name.len()) && name.chars().all(|c| matches!(c, ' '..='~'))
}

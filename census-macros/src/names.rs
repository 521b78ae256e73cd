//! Names and units: the checks that a literal allows, and the default name that an identifier gives.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;

/// The most bytes of a name, and of a tag value.
pub(crate) const MAX_LEN: usize = 255;

/// The most bytes of a unit.
const MAX_UNIT_LEN: usize = 63;

/// The string literal that an expression is, also when a `macro_rules!` handed it over.
pub(crate) fn literal(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

/// Reports a literal that is no string; `what` is a name or a unit, with its article.
pub(crate) fn check_string(expr: &Expr, what: &str, write: &str, errors: &mut Errors) -> bool {
    let other = matches!(expr, Expr::Lit(_)) && literal(expr).is_none();
    if other {
        errors.at(expr, format!("{what} is a string\nhelp: write `{write}`"));
    }
    !other
}

/// The name to emit: the given one, or else `default`, in which a mistake was reported too if the identifier cannot
/// be a name. `write` is how this macro spells a name.
pub(crate) fn name(
    given: Option<Expr>,
    ident: &Ident,
    write: &str,
    errors: &mut Errors,
    default: impl FnOnce(&str) -> TokenStream,
) -> TokenStream {
    let lower = ident.unraw().to_string().to_lowercase();
    match given {
        Some(expr) if check_string(&expr, "a name", write, errors) && check_name(&expr, errors) => {
            quote!(#expr)
        }
        None if !is_name(&lower) => {
            let what = format!(
                "`{ident}` cannot give the name, which is 1 to {MAX_LEN} characters of printable ASCII\n\
                 help: write `{write}`"
            );
            errors.at(ident, what);
            default("_")
        }
        Some(_) if !is_name(&lower) => default("_"),
        Some(_) | None => default(&lower),
    }
}

/// Reports a literal that is no name; what is no literal is checked at compile time by the library.
fn check_name(expr: &Expr, errors: &mut Errors) -> bool {
    let Some(text) = literal(expr) else {
        return true;
    };
    let value = text.value();
    let wrong = if value.is_empty() {
        "this name is empty".to_owned()
    } else if value.len() > MAX_LEN {
        format!("this name has {} bytes", value.len())
    } else if let Some(found) = value.chars().find(|c| !matches!(c, ' '..='~')) {
        format!("this name contains {found:?}")
    } else {
        return true;
    };
    errors.at(
        text,
        format!("{wrong}\nhelp: write 1 to {MAX_LEN} characters of printable ASCII"),
    );
    false
}

/// Reports a literal that is no unit.
pub(crate) fn check_unit(expr: &Expr, errors: &mut Errors) -> bool {
    if !check_string(expr, "a unit", "unit = \"By\"", errors) {
        return false;
    }
    let Some(text) = literal(expr) else {
        return true;
    };
    let value = text.value();
    let wrong = if value.is_empty() {
        "this unit is empty".to_owned()
    } else if value.len() > MAX_UNIT_LEN {
        format!("this unit has {} bytes", value.len())
    } else if let Some(found) = value.chars().find(|c| !matches!(c, '!'..='~')) {
        format!("this unit contains {found:?}")
    } else {
        return true;
    };
    errors.at(
        text,
        format!(
            "{wrong}\nhelp: write a UCUM unit, like `\"By\"` or `\"1\"`: 1 to {MAX_UNIT_LEN} characters of printable \
             ASCII without spaces"
        ),
    );
    false
}

fn is_name(name: &str) -> bool {
    (1..=MAX_LEN).contains(&name.len()) && name.chars().all(|c| matches!(c, ' '..='~'))
}

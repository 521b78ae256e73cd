//! The options of a view: `{ name: "…", buckets: […], … }`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Lit, Token};

use super::model::{AggregationKind, Buckets, Options};
use super::{bounds, native};
use crate::args::repeated;
use crate::errors::Errors;
use crate::{list, suggest};

const OPTIONS: [&str; 8] = [
    "name",
    "description",
    "buckets",
    "classic",
    "max_series",
    "idle",
    "namespace",
    "zero",
];

/// The names that other libraries use.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("bounds", "buckets"),
    ("boundaries", "buckets"),
    ("help", "description"),
    ("limit", "max_series"),
    ("cardinality", "max_series"),
    ("idle_timeout", "idle"),
    ("ttl", "idle"),
];

/// Reads the content of the braces.
pub(super) fn parse(input: ParseStream<'_>, kind: AggregationKind, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    let mut classic = None;
    list::parse(input, errors, |input, errors| {
        let word = input.call(Ident::parse_any)?;
        let spelling = word.to_string();
        colon(input, &word, errors)?;
        if !OPTIONS.contains(&spelling.as_str()) {
            list::rest(input);
            return Err(unknown(&word));
        }
        if seen.contains(&spelling) {
            list::rest(input);
            return Err(repeated(&word));
        }
        seen.push(spelling.clone());
        if spelling == "buckets" || spelling == "classic" {
            if kind != AggregationKind::Distribution {
                list::rest(input);
                errors.at(&word, only_distributions(&spelling));
            } else if spelling == "classic" {
                let buckets = classic_buckets(input, &word, errors);
                classic = Some((word, buckets));
            } else if native::is_next(input) {
                options.native = native::parse(input, errors);
                let is_wrong = options.native.is_none();
                options.buckets = is_wrong.then_some(Buckets::Wrong);
            } else {
                options.buckets = Some(bounds::parse(input, &word, errors));
            }
            return Ok(());
        }
        let value: Expr = input.parse()?;
        match spelling.as_str() {
            "name" => options.name = Some(value),
            "description" => options.description = Some(value),
            "namespace" => options.namespace = namespace(&value, errors),
            "idle" => options.idle = idle(value, errors),
            "zero" => options.zero = zero(&value, errors),
            _ => options.max_series = max_series(value, errors),
        }
        Ok(())
    });
    native::join(&mut options, classic, errors);
    options
}

/// Reads the `:` before a value.
fn colon(input: ParseStream<'_>, word: &Ident, errors: &mut Errors) -> syn::Result<()> {
    let message = format!("an option and its value are separated by `:`\nhelp: write `{word}: …`");
    if input.peek(Token![=]) {
        errors.at(input.parse::<Token![=]>()?, message);
    } else if input.parse::<Option<Token![:]>>()?.is_none() {
        return Err(syn::Error::new_spanned(word, message));
    }
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{word}` has no value\nhelp: write `{word}: …`");
        return Err(syn::Error::new_spanned(word, message));
    }
    Ok(())
}

fn unknown(word: &Ident) -> syn::Error {
    let spelling = word.to_string();
    let help = if matches!(spelling.as_str(), "by" | "columns" | "labels" | "tags") {
        "\nhelp: columns are given before the braces: write `by (FRONTEND)`".to_owned()
    } else if spelling == "unit" {
        "\nhelp: a unit is given where the measure is declared: `#[measure(unit = \"By\")]`"
            .to_owned()
    } else if spelling == "native" {
        "\nhelp: write `buckets: native` or `buckets: native(1.1)`, and classic buckets beside them as `classic: [10, 20]`"
            .to_owned()
    } else if spelling == "optional" {
        "\nhelp: write `#[optional]` above the view".to_owned()
    } else {
        match OTHER_NAMES.iter().find(|(other, _)| *other == spelling) {
            Some((_, option)) => format!("\nhelp: did you mean `{option}`?"),
            None => suggest::help(&spelling, &OPTIONS),
        }
    };
    syn::Error::new_spanned(word, format!("a view has no option `{spelling}`{help}"))
}

fn only_distributions(option: &str) -> String {
    format!("only a `Distribution` has buckets\nhelp: remove `{option}`, or write `Distribution`")
}

/// The buckets beside native ones.
fn classic_buckets(input: ParseStream<'_>, word: &Ident, errors: &mut Errors) -> Buckets {
    if native::is_next(input) {
        let message = "`classic` has the buckets beside native ones\nhelp: write `buckets: native, classic: [10, 20]`";
        errors.at(list::rest(input), message);
        return Buckets::Wrong;
    }
    bounds::parse(input, word, errors)
}

fn max_series(value: Expr, errors: &mut Errors) -> Option<Expr> {
    if let Expr::Lit(ExprLit { lit, .. }) = &value
        && !matches!(lit, Lit::Int(_))
    {
        let message = "`max_series` is a number of rows\nhelp: write `max_series: 500`";
        errors.at(value, message);
        return None;
    }
    let is_zero = matches!(
        &value,
        Expr::Lit(ExprLit { lit: Lit::Int(rows), .. }) if rows.base10_parse::<u64>().is_ok_and(|rows| rows == 0)
    );
    if is_zero {
        let message = "`max_series` is at least 1\nhelp: write another number, or remove \
                       `max_series`";
        errors.at(value, message);
        return None;
    }
    Some(value)
}

fn idle(value: Expr, errors: &mut Errors) -> Option<Expr> {
    if matches!(value, Expr::Lit(_)) {
        let message = "`idle` is a `Duration`\nhelp: write `idle: Duration::from_mins(10)`";
        errors.at(value, message);
        return None;
    }
    Some(value)
}

/// A `bool` literal, also when a `macro_rules!` passed it on: the macro's output depends on it, so no other expression
/// will do.
fn bool_literal(value: &Expr) -> Option<bool> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(value),
            ..
        }) => Some(value.value),
        Expr::Group(group) => bool_literal(&group.expr),
        _ => None,
    }
}

fn zero(value: &Expr, errors: &mut Errors) -> Option<bool> {
    let zero = bool_literal(value);
    if zero.is_none() {
        let message = "`zero` is `true` or `false`\nhelp: write `zero: false` for a view without rows before the first \
                       measurement";
        errors.at(value, message);
    }
    zero
}

fn namespace(value: &Expr, errors: &mut Errors) -> Option<bool> {
    if let Some(value) = bool_literal(value) {
        return Some(value);
    }
    let help = match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        }) => "the exporter gives the namespace; write `namespace: false` for a view outside of it",
        _ => "write `namespace: false` for a view outside the exporter's namespace",
    };
    errors.at(
        value,
        format!("`namespace` is `true` or `false`\nhelp: {help}"),
    );
    None
}

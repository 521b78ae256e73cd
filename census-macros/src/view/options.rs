//! The options of a view: `{ name: "…", buckets: […], … }`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Lit, Token};

use super::aggregation::Kind;
use super::bounds::{self, Bounds};
use crate::errors::Errors;
use crate::{list, suggest};

/// What the user said, as far as it is right.
#[derive(Default)]
pub(super) struct Options {
    pub(super) name: Option<Expr>,
    pub(super) description: Option<Expr>,
    pub(super) buckets: Option<Bounds>,
    pub(super) max_series: Option<Expr>,
}

const KNOWN: [&str; 4] = ["name", "description", "buckets", "max_series"];

/// What other libraries call the same.
const ELSEWHERE: [(&str, &str); 5] = [
    ("bounds", "buckets"),
    ("boundaries", "buckets"),
    ("help", "description"),
    ("limit", "max_series"),
    ("cardinality", "max_series"),
];

/// Reads what stands in the braces.
pub(super) fn parse(input: ParseStream<'_>, kind: Kind, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    list::parse(input, errors, |input, errors| {
        let word = input.call(Ident::parse_any)?;
        let text = word.to_string();
        colon(input, &word, errors)?;
        if !KNOWN.contains(&text.as_str()) {
            list::rest(input);
            return Err(unknown(&word));
        }
        if seen.contains(&text) {
            list::rest(input);
            let message = format!("`{text}` was given already\nhelp: leave one of them out");
            return Err(syn::Error::new_spanned(word, message));
        }
        seen.push(text.clone());
        if text == "buckets" {
            options.buckets = buckets(input, &word, kind, errors);
            return Ok(());
        }
        let value: Expr = input.parse()?;
        match text.as_str() {
            "name" => options.name = Some(value),
            "description" => options.description = Some(value),
            _ => options.max_series = max_series(value, errors),
        }
        Ok(())
    });
    options
}

/// The `:` before a value.
fn colon(input: ParseStream<'_>, word: &Ident, errors: &mut Errors) -> syn::Result<()> {
    let message = format!("the value of an option follows a `:`\nhelp: write `{word}: …`");
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
    let text = word.to_string();
    let help = if matches!(text.as_str(), "by" | "columns" | "labels" | "tags") {
        "\nhelp: the columns stand before the braces: write `by (FRONTEND)`".to_owned()
    } else if text == "unit" {
        "\nhelp: a unit is given where the measure is declared: `#[measure(unit = \"By\")]`"
            .to_owned()
    } else {
        match ELSEWHERE.iter().find(|(theirs, _)| *theirs == text) {
            Some((_, ours)) => format!("\nhelp: did you mean `{ours}`?"),
            None => suggest::help(&text, &KNOWN),
        }
    };
    syn::Error::new_spanned(word, format!("a view has no option `{text}`{help}"))
}

/// The bounds of a `Distribution`; of anything else they are reported.
fn buckets(
    input: ParseStream<'_>,
    word: &Ident,
    kind: Kind,
    errors: &mut Errors,
) -> Option<Bounds> {
    if kind != Kind::Distribution {
        list::rest(input);
        let message = "only a `Distribution` has buckets\nhelp: leave `buckets` out, or write \
                       `Distribution`";
        errors.at(word, message);
        return None;
    }
    Some(bounds::parse(input, errors))
}

fn max_series(value: Expr, errors: &mut Errors) -> Option<Expr> {
    if let Expr::Lit(ExprLit { lit, .. }) = &value
        && !matches!(lit, Lit::Int(_))
    {
        let message = "`max_series` is a number of rows\nhelp: write `max_series: 500`";
        errors.at(value, message);
        return None;
    }
    let zero = matches!(
        &value,
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.base10_parse::<u64>().is_ok_and(|n| n == 0)
    );
    if zero {
        let message = "a view of no series keeps nothing\nhelp: write at least `1`, or leave \
                       `max_series` out";
        errors.at(value, message);
        return None;
    }
    Some(value)
}

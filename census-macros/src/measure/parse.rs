//! From `#[measure(unit = "By")] pub static VIDEO_SIZE: Measure<u64>;` to a [`Measure`].

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, GenericArgument, PathArguments, Type, parse_quote};

use super::model::{Measure, Reading};
use super::reading;
use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::{Declaration, Item, Static};
use crate::names::Name;
use crate::{args, item, names};

const DECLARATION: Declaration = Declaration {
    attribute: "`#[measure]`",
    ty: "Measure",
    items: "a `static`, a function or an `impl` block",
    example: "pub static VIDEO_SIZE: Measure<u64>;",
};

/// The value types of measures.
const VALUE_TYPES: [&str; 4] = ["u64", "i64", "f64", "Duration"];

/// The primitive types of other numbers, and the value type to use in their place.
const OTHER_NUMBERS: [(&str, &str); 11] = [
    ("usize", "u64"),
    ("u8", "u64"),
    ("u16", "u64"),
    ("u32", "u64"),
    ("u128", "u64"),
    ("isize", "i64"),
    ("i8", "i64"),
    ("i16", "i64"),
    ("i32", "i64"),
    ("i128", "i64"),
    ("f32", "f64"),
];

/// The units in which durations are exported.
const TIME_UNITS: [&str; 4] = ["s", "ms", "us", "ns"];

pub(super) fn item(tokens: TokenStream, errors: &mut Errors) -> Item {
    item::parse(tokens, &DECLARATION, errors)
}

pub(super) fn measure(
    mut krate: Krate,
    args: TokenStream,
    mut item: Static,
    errors: &mut Errors,
) -> Measure {
    let written = item.ty.as_ref().and_then(kind);
    let has_value = item.value.is_some();
    let mut value_type = parse_quote!(u64);
    item.ty
        .take_if(|ty| match replacement(ty, has_value, errors) {
            Some(replacement) => {
                value_type = replacement;
                !replace_value_type(ty, &value_type)
            }
            None => false,
        });
    let mut name = None;
    let mut unit = None;
    let mut total = None;
    let words = ["name", "unit", "total", "crate"];
    for arg in args::parse(args, DECLARATION.attribute, &words, errors) {
        match arg.word.to_string().as_str() {
            "name" => name = arg.expr("\"myorg/measures/video_size\"", errors),
            "unit" => unit = arg.expr("\"By\"", errors),
            "total" => {
                let word = arg.word.clone();
                total = arg.flag(errors).then_some(word);
            }
            _ => krate = arg.krate(errors).unwrap_or(krate),
        }
    }
    unit.take_if(|unit| !is_unit(unit, item.ty.as_ref(), errors));
    let name = Name::new(name, &item.ident, "name = \"…\"", errors);
    let total = total.filter(|word| can_be_total(word, item.ty.as_ref(), errors));
    let reading = reading(&item, written, errors);
    let is_observed = written.map_or(has_value || total.is_some(), |kind| kind == "Observed");
    let is_alias = written.is_none() && item.ty.is_some();
    Measure {
        item,
        value_type,
        krate,
        name,
        unit,
        is_observed,
        is_alias,
        is_total: total.is_some(),
        reading,
    }
}

/// `Measure` or `Observed`, if the type is written as one of them; `None` for an alias, and for any other type.
fn kind(ty: &Type) -> Option<&'static str> {
    let last = item::last_segment(ty)?;
    let mut kinds = ["Measure", "Observed"].into_iter();
    kinds.find(|kind| last.ident == kind)
}

/// The function that reads the measure. Reports one of a `Measure`, which is not read.
fn reading(item: &Static, written: Option<&str>, errors: &mut Errors) -> Option<Reading> {
    let (token, value) = item.value.as_ref()?;
    if written == Some("Measure") {
        let message = format!(
            "`#[measure]` gives a `Measure` its value, which records what it is given\n\
             help: end the item after the type: `{}`; for a measure that this function reads, write `Observed` in place of `Measure`",
            DECLARATION.example
        );
        errors.at(quote!(#token #value), message);
        return None;
    }
    if value.is_empty() {
        let message = "expected a function that reads the measure\n\
                       help: write `= || value;`, or end the item after the type";
        errors.at(token, message);
        return None;
    }
    reading::parse(value.clone(), errors)
}

/// Whether a measure of this type can be a total. Reports one that cannot.
fn can_be_total(word: &Ident, ty: Option<&Type>, errors: &mut Errors) -> bool {
    let Some(ty) = ty else {
        return true;
    };
    let value = value_type(ty).and_then(item::last_segment);
    let message = match kind(ty) {
        Some("Measure") => {
            "`total` is for a measure that is read\n\
             help: write `Observed` in place of `Measure`, or remove `total`: a `Sum` of what is recorded to it is a total"
        }
        Some(_) if value.is_some_and(|value| value.ident == "i64") => {
            "a total never falls, so it is not an `i64`\n\
             help: write `Observed<u64>`, or remove `total`"
        }
        _ => return true,
    };
    errors.at(word, message);
    false
}

/// For a type that cannot be a `Measure` or an alias of one, which is reported: the value type to go on with.
fn replacement(ty: &Type, has_value: bool, errors: &mut Errors) -> Option<Type> {
    let name = item::last_segment(ty).map(|segment| segment.ident.to_string());
    let kind = kind(ty).unwrap_or(if has_value { "Observed" } else { "Measure" });
    let (message, value) = match (item::declared_by(ty), name.as_deref()) {
        (Some(by), _) if by == DECLARATION.attribute => match value_type(ty) {
            Some(value) => return number_replacement(value, kind, errors),
            None => (
                format!(
                    "this `{kind}` has no value type\n\
                     help: write `{kind}<u64>`, or with `i64`, `f64` or `Duration`"
                ),
                parse_quote!(u64),
            ),
        },
        (Some(other), _) => (
            format!(
                "`#[measure]` declares a `Measure`\nhelp: write {other} for a static of this type"
            ),
            parse_quote!(u64),
        ),
        (None, Some(name)) if VALUE_TYPES.contains(&name) => (
            format!(
                "this is the type of a value, not of a measure\nhelp: write `{kind}<{}>`",
                ty.to_token_stream().to_string().replace(' ', "")
            ),
            ty.clone(),
        ),
        (None, Some(name)) if OTHER_NUMBERS.iter().any(|(other, _)| *other == name) => {
            return number_replacement(ty, kind, errors);
        }
        (None, Some(name)) if !item::FOREIGN.contains(&name) => return None,
        (None, None) if matches!(ty, Type::Macro(_)) => return None,
        (None, _) => (
            format!(
                "a measure's type is `Measure`, with the type of its values\nhelp: write `{}`",
                DECLARATION.example
            ),
            parse_quote!(u64),
        ),
    };
    errors.at(ty, message);
    Some(value)
}

/// For the primitive type of another number, which is reported: the nearest value type. (The library rejects all other
/// types that are not value types.)
fn number_replacement(ty: &Type, kind: &str, errors: &mut Errors) -> Option<Type> {
    let name = item::last_segment(ty)?.ident.to_string();
    let (_, value) = OTHER_NUMBERS.iter().find(|(other, _)| *other == name)?;
    let message = format!(
        "a measure's values are `u64`, `i64`, `f64` or `Duration`\nhelp: write `{kind}<{value}>`"
    );
    errors.at(ty, message);
    syn::parse_str(value).ok()
}

/// Puts another value type into a `Measure<…>` or an `Observed<…>` and returns `true`; `false` for any other type. The
/// path to `Measure` stays the user's, so that the user's import counts as used.
fn replace_value_type(ty: &mut Type, value: &Type) -> bool {
    match ty {
        Type::Path(ty) => match ty.path.segments.last_mut() {
            Some(last) if last.ident == "Measure" || last.ident == "Observed" => {
                last.arguments = PathArguments::AngleBracketed(parse_quote!(<#value>));
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a literal is a unit, and of a measure of durations a unit of time. Reports one that is not.
fn is_unit(unit: &Expr, ty: Option<&Type>, errors: &mut Errors) -> bool {
    if !names::check_unit(unit, errors) {
        return false;
    }
    let Some(string) = names::literal(unit) else {
        return true;
    };
    let is_of_durations = ty
        .and_then(value_type)
        .and_then(item::last_segment)
        .is_some_and(|value| value.ident == "Duration");
    if is_of_durations && !TIME_UNITS.contains(&string.value().as_str()) {
        let message = format!(
            "{:?} is not a unit of a `Measure<Duration>`\nhelp: write \"s\", \"ms\", \"us\" or \"ns\"",
            string.value()
        );
        errors.at(string, message);
        return false;
    }
    true
}

/// `Duration` of `Measure<Duration>`.
fn value_type(ty: &Type) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &item::last_segment(ty)?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(value) => Some(value),
        _ => None,
    }
}

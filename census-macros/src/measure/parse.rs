//! From `#[measure(unit = "By")] pub static VIDEO_SIZE: Measure<u64>;` to a [`Measure`].

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, GenericArgument, PathArguments, Type, parse_quote};

use super::model::Measure;
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
    let mut value_type = parse_quote!(u64);
    item.ty.take_if(|ty| match replacement(ty, errors) {
        Some(replacement) => {
            value_type = replacement;
            !replace_value_type(ty, &value_type)
        }
        None => false,
    });
    let mut name = None;
    let mut unit = None;
    let words = ["name", "unit", "crate"];
    for arg in args::parse(args, DECLARATION.attribute, &words, errors) {
        match arg.word.to_string().as_str() {
            "name" => name = arg.expr("\"myorg/measures/video_size\"", errors),
            "unit" => unit = arg.expr("\"By\"", errors),
            _ => krate = arg.krate(errors).unwrap_or(krate),
        }
    }
    unit.take_if(|unit| !is_unit(unit, item.ty.as_ref(), errors));
    let name = Name::new(name, &item.ident, "name = \"…\"", errors);
    Measure {
        item,
        value_type,
        krate,
        name,
        unit,
    }
}

/// For a type that cannot be a `Measure` or an alias of one, which is reported: the value type to go on with.
fn replacement(ty: &Type, errors: &mut Errors) -> Option<Type> {
    let name = item::last_segment(ty).map(|segment| segment.ident.to_string());
    let (message, value) = match (item::declared_by(ty), name.as_deref()) {
        (Some(by), _) if by == DECLARATION.attribute => match value_type(ty) {
            Some(value) => return number_replacement(value, errors),
            None => (
                "this `Measure` has no value type\n\
                 help: write `Measure<u64>`, or with `i64`, `f64` or `Duration`"
                    .to_owned(),
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
                "this is the type of a value, not of a measure\nhelp: write `Measure<{}>`",
                ty.to_token_stream().to_string().replace(' ', "")
            ),
            ty.clone(),
        ),
        (None, Some(name)) if OTHER_NUMBERS.iter().any(|(other, _)| *other == name) => {
            return number_replacement(ty, errors);
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
fn number_replacement(ty: &Type, errors: &mut Errors) -> Option<Type> {
    let name = item::last_segment(ty)?.ident.to_string();
    let (_, value) = OTHER_NUMBERS.iter().find(|(other, _)| *other == name)?;
    let message = format!(
        "a measure's values are `u64`, `i64`, `f64` or `Duration`\nhelp: write `Measure<{value}>`"
    );
    errors.at(ty, message);
    syn::parse_str(value).ok()
}

/// Puts another value type into a `Measure<…>` and returns `true`; `false` for any other type. The path to `Measure` stays
/// the user's, so that the user's import counts as used.
fn replace_value_type(ty: &mut Type, value: &Type) -> bool {
    match ty {
        Type::Path(ty) => match ty.path.segments.last_mut() {
            Some(last) if last.ident == "Measure" => {
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

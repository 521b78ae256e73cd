//! From `#[measure(unit = "By")] pub static VIDEO_SIZE: Measure<u64>;` to a [`Measure`].

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, GenericArgument, PathArguments, Type, parse_quote};

use super::Measure;
use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::{Declares, Item, Static};
use crate::{args, item, names};

const DECLARES: Declares = Declares {
    attribute: "`#[measure]`",
    ty: "Measure",
    places: "a `static`, a function or an `impl` block",
    example: "pub static VIDEO_SIZE: Measure<u64>;",
};

/// The types that a measurement's value can have.
const VALUES: [&str; 4] = ["u64", "i64", "f64", "Duration"];

/// Other types of numbers, and which of ours to take instead.
const PRIMITIVES: [(&str, &str); 11] = [
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

/// The units of time in which durations are exported.
const TIME_UNITS: [&str; 4] = ["s", "ms", "us", "ns"];

pub(super) fn item(tokens: TokenStream, errors: &mut Errors) -> Item {
    item::parse(tokens, &DECLARES, errors)
}

pub(super) fn measure(args: TokenStream, mut item: Static, errors: &mut Errors) -> Measure {
    let mut value = parse_quote!(u64);
    item.ty.take_if(|ty| match instead(ty, errors) {
        Some(other) => {
            value = other;
            !put(ty, &value)
        }
        None => false,
    });
    let mut measure = Measure {
        item,
        value,
        krate: Krate::named(),
        name: None,
        unit: None,
    };
    for arg in args::parse(args, DECLARES.attribute, &["name", "unit", "crate"], errors) {
        match arg.word.to_string().as_str() {
            "name" => measure.name = arg.expr("\"myorg/measures/video_size\"", errors),
            "unit" => measure.unit = arg.expr("\"By\"", errors),
            _ => measure.krate = arg.krate(errors).unwrap_or(measure.krate),
        }
    }
    let ty = measure.item.ty.as_ref();
    measure.unit.take_if(|unit| !is_unit(unit, ty, errors));
    measure
}

/// If the type cannot be a `Measure` of something, under whatever name: the type of values with which to go on after
/// the mistake was reported.
fn instead(ty: &Type, errors: &mut Errors) -> Option<Type> {
    let name = item::last_segment(ty).map(|segment| segment.ident.to_string());
    let (message, value) = match (item::declared_by(ty), name.as_deref()) {
        (Some(by), _) if by == DECLARES.attribute => match value_type(ty) {
            Some(value) => return instead_of_value(value, errors),
            None => (
                "this does not say what is measured\n\
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
        (None, Some(name)) if VALUES.contains(&name) => (
            format!(
                "this is the type of a value, not of a measure\nhelp: write `Measure<{}>`",
                ty.to_token_stream().to_string().replace(' ', "")
            ),
            ty.clone(),
        ),
        (None, Some(name)) if PRIMITIVES.iter().any(|(ours, _)| *ours == name) => {
            return instead_of_value(ty, errors);
        }
        (None, Some(name)) if !item::FOREIGN.contains(&name) => return None,
        (None, None) if matches!(ty, Type::Macro(_)) => return None,
        (None, _) => (
            format!(
                "a measure's type is `Measure` of a value's type\nhelp: write `{}`",
                DECLARES.example
            ),
            parse_quote!(u64),
        ),
    };
    errors.at(ty, message);
    Some(value)
}

/// Puts another value type into a `Measure`: the path to it stays the user's own, so that his import is used. Whether it
/// was one.
fn put(ty: &mut Type, value: &Type) -> bool {
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

/// The same for the type of the values, if it is another primitive. (Of all other types the library says that they are
/// none.)
fn instead_of_value(ty: &Type, errors: &mut Errors) -> Option<Type> {
    let name = item::last_segment(ty)?.ident.to_string();
    let (_, value) = PRIMITIVES.iter().find(|(other, _)| *other == name)?;
    let message = format!(
        "a measure's values are `u64`, `i64`, `f64` or `Duration`\nhelp: write `Measure<{value}>`"
    );
    errors.at(ty, message);
    syn::parse_str(value).ok()
}

/// Whether a literal unit is one, and of a measure of durations a unit of time; one that is not is reported.
fn is_unit(unit: &Expr, ty: Option<&Type>, errors: &mut Errors) -> bool {
    if !names::check_unit(unit, errors) {
        return false;
    }
    let Some(text) = names::literal(unit) else {
        return true;
    };
    let of_durations = ty
        .and_then(value_type)
        .and_then(item::last_segment)
        .is_some_and(|value| value.ident == "Duration");
    if of_durations && !TIME_UNITS.contains(&text.value().as_str()) {
        let message = format!(
            "{:?} is no unit of a `Measure<Duration>`\nhelp: write \"s\", \"ms\", \"us\" or \"ns\"",
            text.value()
        );
        errors.at(text, message);
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

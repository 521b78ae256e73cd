//! From `#[measure(unit = "By")] pub static VIDEO_SIZE: Measure<u64>;` to a [`Measure`].

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, GenericArgument, PathArguments, Type};

use super::Measure;
use crate::errors::Errors;
use crate::generate::Krate;
use crate::item::{Declares, Item, Static};
use crate::{args, item, names};

const DECLARES: Declares = Declares {
    attribute: "`#[measure]`",
    ty: "Measure",
    example: "pub static VIDEO_SIZE: Measure<u64>;",
};

/// The types that a measurement's value can have.
const VALUES: [&str; 4] = ["u64", "i64", "f64", "Duration"];

/// The units of time in which durations are exported.
const TIME_UNITS: [&str; 4] = ["s", "ms", "us", "ns"];

pub(super) fn item(tokens: TokenStream, errors: &mut Errors) -> Item {
    let mut item = item::parse(tokens, &DECLARES, errors);
    if let Item::Static(item) = &mut item {
        item.ty.take_if(|ty| !is_measure(ty, errors));
    }
    item
}

pub(super) fn measure(args: TokenStream, item: Static, errors: &mut Errors) -> Measure {
    let mut measure = Measure {
        item,
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

/// Whether the type may be a `Measure` of something, under whatever name; one that cannot is reported.
fn is_measure(ty: &Type, errors: &mut Errors) -> bool {
    let segment = item::last_segment(ty);
    let name = segment.map(|segment| segment.ident.to_string());
    let message = match (item::declared_by(ty), name.as_deref()) {
        (Some("`#[measure]`"), _) => {
            if segment.is_some_and(|segment| !segment.arguments.is_empty()) {
                return true;
            }
            "this does not say what is measured\nhelp: write `Measure<u64>`, or with `i64`, `f64` \
             or `Duration`"
                .to_owned()
        }
        (Some(other), _) => {
            format!("`#[measure]` declares a `Measure`\nhelp: write {other} for a static of this type")
        }
        (None, Some(name)) if VALUES.contains(&name) => format!(
            "this is the type of a value, not of a measure\nhelp: write `Measure<{}>`",
            ty.to_token_stream()
        ),
        (None, Some(_)) => return true,
        (None, None) if matches!(ty, Type::Macro(_)) => return true,
        (None, None) => format!(
            "a measure's type is `Measure` of a value's type\nhelp: write `{}`",
            DECLARES.example
        ),
    };
    errors.at(ty, message);
    false
}

/// Whether a literal unit is one, and of a measure of durations a unit of time; one that is not is reported.
fn is_unit(unit: &Expr, ty: Option<&Type>, errors: &mut Errors) -> bool {
    if !names::check_unit(unit, errors) {
        return false;
    }
    let Some(text) = names::literal(unit) else {
        return true;
    };
    let of_durations = ty.and_then(value_type).is_some_and(|value| value == "Duration");
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

/// `Duration` of `Measure<std::time::Duration>`.
fn value_type(ty: &Type) -> Option<String> {
    let PathArguments::AngleBracketed(arguments) = &item::last_segment(ty)?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(value) => Some(item::last_segment(value)?.ident.to_string()),
        _ => None,
    }
}

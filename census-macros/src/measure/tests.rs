//! The mistakes that a `#[measure]` on a static reports, and that it still emits the static.

use proc_macro2::TokenStream;
use quote::quote;

use super::attribute;
use crate::testing::first_lines;

fn mistakes(args: TokenStream, item: TokenStream) -> Vec<String> {
    first_lines(attribute(args, item))
}

#[test]
fn valid_measures_have_no_mistakes() {
    for (args, ty) in [
        (quote!(), quote!(Measure<u64>)),
        (
            quote!(unit = "By", name = "myorg/size"),
            quote!(census::Measure<i64>),
        ),
        (quote!(unit = UNIT), quote!(Alias)),
        (quote!(unit = "us"), quote!(Measure<std::time::Duration>)),
        (quote!(unit = "minutes"), quote!(Measure<f64>)),
        (quote!(), quote!(ty!())),
        (quote!(), quote!(Observed<i64>)),
        (quote!(), quote!(Observed<u64> = || 5)),
        (quote!(), quote!(Alias = |seen| seen.record(5, tags!()))),
        (quote!(total), quote!(census::Observed<Duration> = cpu_time)),
    ] {
        assert_eq!(mistakes(args, quote!(static SIZE: #ty;)), [""; 0], "{ty}");
    }
}

#[test]
fn other_types_are_reported() {
    for (ty, message) in [
        (quote!(u64), "this is the type of a value, not of a measure"),
        (quote!(Measure), "this `Measure` has no value type"),
        (quote!(Observed), "this `Observed` has no value type"),
        (
            quote!(Observed<usize>),
            "a measure's values are `u64`, `i64`, `f64` or `Duration`",
        ),
        (
            quote!(String),
            "a measure's type is `Measure`, with the type of its values",
        ),
        (
            quote!(usize),
            "a measure's values are `u64`, `i64`, `f64` or `Duration`",
        ),
        (quote!(TagKey), "`#[measure]` declares a `Measure`"),
        (
            quote!(&u64),
            "a measure's type is `Measure`, with the type of its values",
        ),
        (
            quote!(Measure<u32>),
            "a measure's values are `u64`, `i64`, `f64` or `Duration`",
        ),
    ] {
        assert_eq!(
            mistakes(quote!(), quote!(static SIZE: #ty;)),
            [message],
            "{ty}"
        );
    }
}

#[test]
fn static_gets_the_nearest_type() {
    for (ty, instead) in [
        (quote!(u64), ":: census :: __private :: Measure < u64 >"),
        (quote!(i32), ":: census :: __private :: Measure < i64 >"),
        (
            quote!(Duration),
            ":: census :: __private :: Measure < Duration >",
        ),
        (quote!(a::Measure<f32>), "a :: Measure < f64 >"),
        (quote!(Measure<isize>), "Measure < i64 >"),
        (quote!(Measure), "Measure < u64 >"),
        (quote!(a::Observed<f32>), "a :: Observed < f64 >"),
        (quote!(TagKey), ":: census :: __private :: Measure < u64 >"),
    ] {
        let output = attribute(quote!(), quote!(static SIZE: #ty;)).to_string();
        assert!(
            output.contains(&format!("static SIZE : {instead} =")),
            "{output}"
        );
    }
}

#[test]
fn units_are_checked() {
    for (unit, ty, message) in [
        ("", quote!(u64), "this unit is empty"),
        ("mega bytes", quote!(u64), "this unit contains ' '"),
        (
            "min",
            quote!(Duration),
            "\"min\" is not a unit of a `Measure<Duration>`",
        ),
    ] {
        let item = quote!(static SIZE: Measure<#ty>;);
        assert_eq!(mistakes(quote!(unit = #unit), item), [message]);
    }
    let unit = "x".repeat(64);
    let item = quote!(
        static SIZE: Measure<u64>;
    );
    assert_eq!(
        mistakes(quote!(unit = #unit), item),
        ["this unit has 64 bytes"]
    );
}

#[test]
fn totals_and_readings_are_checked() {
    for (args, item, message) in [
        (
            quote!(total),
            quote!(
                static SENT: Measure<u64>;
            ),
            "`total` is for a measure that is read",
        ),
        (
            quote!(total),
            quote!(
                static SENT: Observed<i64>;
            ),
            "a total never falls, so it is not an `i64`",
        ),
        (
            quote!(total = true),
            quote!(
                static SENT: Observed<u64>;
            ),
            "`total` takes no value",
        ),
        (
            quote!(),
            quote!(
                static SENT: Measure<u64> = || 5;
            ),
            "`#[measure]` gives a `Measure` its value, which records what it is given",
        ),
        (
            quote!(),
            quote!(static SENT: Observed<u64> = ;),
            "expected a function that reads the measure",
        ),
        (
            quote!(),
            quote!(
                static SENT: Observed<u64> = |a, b| 5;
            ),
            "a reading has one argument at most",
        ),
    ] {
        assert_eq!(mistakes(args, item), [message]);
    }
}

#[test]
fn other_items_are_unchanged() {
    for item in [
        quote!(
            struct Service;
        ),
        quote!(
            trait Work {}
        ),
        quote!(
            unsafe extern "C" {}
        ),
    ] {
        let output = attribute(quote!(), item.clone());
        assert!(output.to_string().ends_with(&item.to_string()), "{output}");
        assert_eq!(
            first_lines(output),
            ["`#[measure]` goes on a `static`, a function or an `impl` block"]
        );
    }
}

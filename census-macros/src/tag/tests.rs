//! The mistakes that a `#[tag]` can show, and that its static is there all the same.

use proc_macro2::TokenStream;
use quote::quote;

use super::attribute;
use crate::testing::{first_lines, mistakes};

fn of(args: TokenStream, item: TokenStream) -> Vec<String> {
    first_lines(attribute(args, item))
}

#[test]
fn a_right_one_has_no_mistakes() {
    for args in [
        quote!(),
        quote!(name = "myorg/keys/frontend", local, crate = metrics),
        quote!(name = crate::NAME,),
        quote!(name = concat!("a", "b")),
    ] {
        let item = quote!(
            static FRONTEND: TagKey;
        );
        assert_eq!(of(args, item), [""; 0]);
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let args = quote!(nmae = "x", name = "", local = 5, local, crate = "census");
    let found = of(
        args,
        quote!(
            static mut FRONTEND: Measure<u64> = 5;
        ),
    );
    assert_eq!(
        found,
        [
            "a `TagKey` never changes: it cannot be a `static mut`",
            "`#[tag]` gives the static its value",
            "`#[tag]` declares a `TagKey`",
            "`#[tag]` has no argument `nmae`",
            "`local` was given already",
            "`local` takes no value",
            "`crate` takes a path",
            "this name is empty",
        ]
    );
}

#[test]
fn the_help_says_what_to_write() {
    let item = quote!(
        static FRONTEND: TagKey;
    );
    assert_eq!(
        mistakes(attribute(quote!("frontend"), item)),
        ["a string says nothing without its argument's name\nhelp: write `name = \"frontend\"`"]
    );
}

#[test]
fn names_are_checked_in_bytes() {
    let long = "x".repeat(255);
    let item = || {
        quote!(
            static FRONTEND: TagKey;
        )
    };
    assert_eq!(of(quote!(name = #long), item()), [""; 0]);
    let long = "x".repeat(256);
    assert_eq!(
        of(quote!(name = #long), item()),
        ["this name has 256 bytes"]
    );
    assert_eq!(
        of(quote!(name = "g\u{e9}ant"), item()),
        ["this name contains 'é'"]
    );
}

#[test]
fn the_item_is_still_there() {
    let output = attribute(
        quote!(oops),
        quote!(
            pub static FRONTEND: TagKey;
        ),
    )
    .to_string();
    assert!(
        output.contains("pub static FRONTEND : TagKey ="),
        "{output}"
    );
    let output = attribute(
        quote!(),
        quote!(
            pub const FRONTEND: TagKey;
        ),
    )
    .to_string();
    assert!(
        output.contains("pub static FRONTEND : TagKey ="),
        "{output}"
    );
    let output = attribute(
        quote!(),
        quote!(
            fn frontend() {}
        ),
    )
    .to_string();
    assert!(output.ends_with("fn frontend () { }"), "{output}");
}

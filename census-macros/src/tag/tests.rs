//! The mistakes that a `#[tag]` reports, and that it still emits the static.

use proc_macro2::TokenStream;
use quote::quote;

use super::{attribute, built_in};
use crate::testing::{first_lines, messages};

fn mistakes(args: TokenStream, item: TokenStream) -> Vec<String> {
    first_lines(attribute(args, item))
}

#[test]
fn valid_tag_keys_have_no_mistakes() {
    for args in [
        quote!(),
        quote!(name = "myorg/keys/frontend", local, crate = metrics),
        quote!(name = crate::NAME,),
        quote!(name = concat!("a", "b")),
    ] {
        let item = quote!(
            static FRONTEND: TagKey;
        );
        assert_eq!(mistakes(args, item), [""; 0]);
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let args = quote!(nmae = "x", name = "", local = 5, local, crate = "census");
    let reported = mistakes(
        args,
        quote!(
            static mut FRONTEND: Measure<u64> = 5;
        ),
    );
    assert_eq!(
        reported,
        [
            "a `TagKey` cannot be a `static mut`",
            "`#[tag]` declares a `TagKey`",
            "`#[tag]` gives the static its value",
            "`#[tag]` has no argument `nmae`",
            "`local` is given twice",
            "`local` takes no value",
            "`crate` takes a path",
            "this name is empty",
        ]
    );
}

#[test]
fn help_says_what_to_write() {
    let item = quote!(
        static FRONTEND: TagKey;
    );
    assert_eq!(
        messages(attribute(quote!("frontend"), item)),
        [
            "this string is not an argument: the argument's name is missing\nhelp: write `name = \"frontend\"`"
        ]
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
    assert_eq!(mistakes(quote!(name = #long), item()), [""; 0]);
    let long = "x".repeat(256);
    assert_eq!(
        mistakes(quote!(name = #long), item()),
        ["this name has 256 bytes"]
    );
    assert_eq!(
        mistakes(quote!(name = "g\u{e9}ant"), item()),
        ["this name contains 'é'"]
    );
}

#[test]
fn item_is_still_emitted() {
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

/// A façade writes `crate = crate`, and its keys are elements as any other crate's.
#[test]
fn only_built_in_keys_are_not_in_the_slice() {
    let item = quote!(
        static FRONTEND: TagKey;
    );
    let element = "crate :: __private :: element ! { TAG_KEYS , TagKeyCell }";
    let of_facade = attribute(quote!(crate = crate), item.clone()).to_string();
    assert!(of_facade.contains(element), "{of_facade}");
    let of_library = built_in(quote!(), item).to_string();
    assert!(!of_library.contains("element"), "{of_library}");
}

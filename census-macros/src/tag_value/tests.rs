//! The mistakes that a `#[derive(TagValue)]` can show, and that its implementation is there all the same.

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use crate::testing::first_lines;

fn of(input: TokenStream) -> Vec<String> {
    first_lines(derive(input))
}

#[test]
fn right_ones_have_no_mistakes() {
    for input in [
        quote!(
            enum Empty {}
        ),
        quote!(
            enum Method {
                HttpGet = 5,
                #[tag_value("GET")]
                Get,
                r#Type,
            }
        ),
        quote!(
            #[tag_value(crate = metrics)]
            enum Generic<const N: usize>
            where
                u8: Copy,
            {
                A,
            }
        ),
    ] {
        assert_eq!(of(input.clone()), [""; 0], "{input}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let long = "x".repeat(256);
    let found = of(quote! {
        #[tag_value(rename_all = "UPPERCASE")]
        enum Method {
            Get,
            #[tag_value("get")]
            Post(u8),
            #[tag_value("")]
            Empty,
            #[tag_value(#long)]
            Long,
            #[tag_value(5)]
            Five,
            #[tag_value("a", "b")]
            Two,
        }
    });
    assert_eq!(
        found,
        [
            "an enum's `#[tag_value]` has no such argument; values stand on the variants",
            "`Get` and `Post` are both \"get\"",
            "the variants of a `TagValue` have no fields",
            "an empty value is the same as none",
            "this value has 256 bytes",
            "a variant's `#[tag_value]` takes its value, a string",
            "`#[tag_value]` takes a single argument",
        ]
    );
}

#[test]
fn the_implementation_is_still_there() {
    for input in [
        quote!(
            struct Method;
        ),
        quote!(union Method { a: u8 }),
        quote!(
            enum Method {
                A(u8),
            }
        ),
    ] {
        let output = derive(input);
        let item = "impl :: census :: AsTagValue for Method";
        assert!(output.to_string().contains(item), "{output}");
        assert_eq!(first_lines(output).len(), 1);
    }
}

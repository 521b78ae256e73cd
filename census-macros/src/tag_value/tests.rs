//! The mistakes that a `#[derive(TagValue)]` reports, and that it still emits the implementation.

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use crate::testing::first_lines;

fn mistakes(input: TokenStream) -> Vec<String> {
    first_lines(derive(input))
}

#[test]
fn valid_enums_have_no_mistakes() {
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
        assert_eq!(mistakes(input.clone()), [""; 0], "{input}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let long = "x".repeat(256);
    let reported = mistakes(quote! {
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
        reported,
        [
            "`#[tag_value]` on an enum takes only `crate`; a variant's value is given on the variant",
            "`Get` and `Post` have the same value, \"get\"",
            "a variant of a `TagValue` cannot have fields",
            "this value is empty, which means that the tag is not set",
            "this value has 256 bytes",
            "`#[tag_value]` on a variant takes its value, a string",
            "`#[tag_value]` takes a single argument",
        ]
    );
}

#[test]
fn implementation_is_still_emitted() {
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
        let item = "impl :: census :: __private :: AsTagValue for Method";
        assert!(output.to_string().contains(item), "{output}");
        assert_eq!(first_lines(output).len(), 1);
    }
}

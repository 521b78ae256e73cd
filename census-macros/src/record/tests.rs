//! The mistakes that `record!` and `tags!` report.

use proc_macro2::TokenStream;
use quote::quote;

use crate::testing::first_lines;

fn mistakes(input: &TokenStream) -> Vec<String> {
    first_lines(super::record(quote!(census; #input)))
}

fn mistakes_in_tags(input: &TokenStream) -> Vec<String> {
    first_lines(super::tags(quote!(census; #input)))
}

#[test]
fn mistakes_of_a_held_value_are_reported() {
    let mistakes = |input: TokenStream| first_lines(super::hold(quote!(census; #input)));
    assert_eq!(mistakes(quote!(OPEN = 1, tags(A = x))), [""; 0]);
    assert_eq!(mistakes(quote!()), ["this `hold!` has no measurement"]);
    assert_eq!(
        mistakes(quote!(OPEN = 1, WAITING = 1, exemplar(id = 1), tag(A = 1))),
        [
            "`hold!` has no argument `exemplar(…)`",
            "`hold!` has no argument `tag(…)`",
            "`hold!` holds a value of one measure",
        ]
    );
}

#[test]
fn valid_input_has_no_mistakes() {
    for input in [
        quote!(SIZE = 1),
        quote!(tags(), a::SIZE = f::<A, B>(x), exemplar(type = 1, "span-id" = 2,),),
        quote!(self.sizes[i] = 1, (*size) = 2, tags(self.key = a == b)),
        quote!(tags.size = 1, exemplar[0] = 2),
        quote!(SIZE = half.),
    ] {
        assert_eq!(mistakes(&input), [""; 0], "{input}");
    }
    assert_eq!(mistakes_in_tags(&quote!()), [""; 0]);
    assert_eq!(mistakes_in_tags(&quote!(A = 1, m::B = x.await?,)), [""; 0]);
}

#[test]
fn repetitions_are_reported() {
    assert_eq!(
        mistakes(&quote!(a::SIZE = 1, SIZE = 1, a::SIZE = 2)),
        ["this measure is recorded twice"]
    );
    assert_eq!(
        mistakes(&quote!(
            SIZE = 1,
            tags(A = 1, A = 2),
            exemplar(a = 1, "a" = 2),
            tags()
        )),
        [
            "this tag is set twice",
            "this label is given twice",
            "`tags(…)` is given twice",
        ]
    );
    assert_eq!(
        mistakes_in_tags(&quote!(A = 1, A = 2)),
        ["this tag is set twice"]
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let reported = mistakes(&quote! {
        SIZE, "size" = 1, f() = 2, SIZE == 3, SIZE =, tag(A = 1), tags(A, "a" = 1, C = 1 B: 2),
        exemplar(trace_id, 5 = 1), tags = x
    });
    assert_eq!(
        reported,
        [
            "this measure has no value",
            "expected a measure's static, not a literal",
            "expected a measure, not a call",
            "a measure and its value are separated by a single `=`",
            "this measure has no value",
            "`record!` has no argument `tag(…)`",
            "this tag key has no value",
            "expected a tag key's static, not a literal",
            "expected `,` before this",
            "expected a tag key, `=` and a value",
            "this label has no value",
            "expected a label's name",
            "tags are written in parentheses",
        ]
    );
}

#[test]
fn missing_measurement_is_reported_once() {
    let none = ["this `record!` has no measurement"];
    assert_eq!(mistakes(&quote!()), none);
    assert_eq!(mistakes(&quote!(tags(A = 1))), none);
    assert_eq!(mistakes(&quote!(SIZE)), ["this measure has no value"]);
}

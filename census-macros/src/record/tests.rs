//! The mistakes that a `record!` and a `tags!` can show.

use proc_macro2::TokenStream;
use quote::quote;

use crate::testing::first_lines;

fn of(input: &TokenStream) -> Vec<String> {
    first_lines(super::record(quote!(census; #input)))
}

fn of_tags(input: &TokenStream) -> Vec<String> {
    first_lines(super::tags(quote!(census; #input)))
}

#[test]
fn right_ones_have_no_mistakes() {
    for input in [
        quote!(SIZE = 1),
        quote!(tags(), a::SIZE = f::<A, B>(x), exemplar(type = 1, "span-id" = 2,),),
        quote!(self.sizes[i] = 1, (*size) = 2, tags(self.key = a == b)),
        quote!(tags.size = 1, exemplar[0] = 2),
        quote!(SIZE = half.),
    ] {
        assert_eq!(of(&input), [""; 0], "{input}");
    }
    assert_eq!(of_tags(&quote!()), [""; 0]);
    assert_eq!(of_tags(&quote!(A = 1, m::B = x.await?,)), [""; 0]);
}

#[test]
fn what_stands_twice_is_reported() {
    assert_eq!(
        of(&quote!(a::SIZE = 1, SIZE = 1, a::SIZE = 2)),
        ["this measure is recorded twice"]
    );
    assert_eq!(
        of(&quote!(
            SIZE = 1,
            tags(A = 1, A = 2),
            exemplar(a = 1, "a" = 2),
            tags()
        )),
        [
            "this tag is set twice",
            "this exemplar has this label already",
            "`tags` stands here twice",
        ]
    );
    assert_eq!(of_tags(&quote!(A = 1, A = 2)), ["this tag is set twice"]);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let found = of(&quote! {
        SIZE, "size" = 1, f() = 2, SIZE == 3, SIZE =, tag(A = 1), tags(A, "a" = 1, C = 1 B: 2),
        exemplar(trace_id, 5 = 1), tags = x
    });
    assert_eq!(
        found,
        [
            "a measure without a value",
            "a measure is named by its static here, not by a literal",
            "a measure is named here, not computed",
            "the value follows a single `=`",
            "a measure without a value",
            "`record!` has no `tag(…)`",
            "a tag key without a value",
            "a tag key is named by its static here, not by a literal",
            "expected `,` before this",
            "expected a tag key, `=` and a value",
            "a label without a value",
            "expected a label's name",
            "tags stand in parentheses",
        ]
    );
}

#[test]
fn nothing_to_record_is_reported_once() {
    let nothing = ["there is nothing to record here"];
    assert_eq!(of(&quote!()), nothing);
    assert_eq!(of(&quote!(tags(A = 1))), nothing);
    assert_eq!(of(&quote!(SIZE)), ["a measure without a value"]);
}

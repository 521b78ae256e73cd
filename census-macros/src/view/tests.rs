//! The mistakes that a `view!` reports, and that it still emits the statics.

use proc_macro2::TokenStream;
use quote::quote;

use super::{built_in, items};
use crate::testing::first_lines;

fn mistakes(input: &TokenStream) -> Vec<String> {
    first_lines(items(quote!(census; #input)))
}

fn with_buckets(buckets: &TokenStream) -> Vec<String> {
    mistakes(&quote!(static SIZES: Distribution<SIZE> { buckets: #buckets }))
}

#[test]
fn valid_views_have_no_mistakes() {
    for input in [
        quote!(),
        quote!(
            static A: Count<SIZE>;
        ),
        quote!(pub(crate) static A: Sum<crate::m::SIZE> by (a::KEY, B,);),
        quote!(static A: LastValue<SIZE> {} static B: Count<SIZE> by () {};),
        quote!(#[cfg(test)] static A: Distribution<SIZE> { buckets: [1, X, 0], name: NAME, }),
        quote!(static A: Count<SIZE> { max_series: 2 * 5, description: concat!("a") }),
        quote!(static A: Count<SIZE> by (KEY) { idle: IDLE } static B: Sum<SIZE> by (KEY) { idle: MINUTE.saturating_mul(2) }),
        quote!(static A: Count<SIZE> by (a::KEY as status, B as r#type, C as le,);),
        quote!(static A: Count<SIZE> { zero: false } static B: Count<SIZE> { zero: true }),
        quote!(static A: Count<SIZE> { namespace: false } static B: Count<SIZE> { namespace: true }),
    ] {
        assert_eq!(mistakes(&input), [""; 0], "{input}");
    }
}

#[test]
fn literal_bounds_must_increase() {
    for increasing in [
        quote!([]),
        quote!([0, 1_000, 1001u64]),
        quote!([-2, -1, 0]),
        quote!([-1.5, 0.0, 1e3]),
        quote!([5, MIB, 1, Duration::ZERO, (2)]),
        quote!([1, 0.5]),
    ] {
        assert_eq!(with_buckets(&increasing), [""; 0], "{increasing}");
    }
    for less in [
        quote!([0, 20, 10, 5]),
        quote!([-1, -2]),
        quote!([1.5, (0.5)]),
    ] {
        assert_eq!(
            with_buckets(&less),
            ["this bound is less than the one before it"],
            "{less}"
        );
    }
    assert_eq!(
        with_buckets(&quote!([0x10, 16])),
        ["this bound is equal to the one before it"]
    );
}

#[test]
fn native_buckets_have_a_growth_factor() {
    const OTHER: &str = "native buckets have no other parameter than a growth factor";
    for valid in [
        quote!(native),
        quote!(native(1.1)),
        quote!(native(FACTOR * 2.0,)),
        quote!(native, classic: [1, 2]),
        quote!(native(1.1), classic: Buckets::linear(0, 1, 5)),
        quote!(native::BUCKETS),
        quote!(native!(1)),
        quote!(native.of(5)),
    ] {
        assert_eq!(with_buckets(&valid), [""; 0], "{valid}");
    }
    for (wrong, expected) in [
        (quote!(native()), "`native()` has no growth factor"),
        (quote!(native(1.1, 2)), OTHER),
        (quote!(native([1, 2])[3]), OTHER),
        (quote!(native [1, 2]), OTHER),
        (quote!(native + [1, 2]), OTHER),
        (
            quote!(native(), classic: [1]),
            "`native()` has no growth factor",
        ),
        (
            quote!(native, classic: native),
            "`classic` has the buckets beside native ones",
        ),
        (
            quote!([1], classic: [1]),
            "`classic` stands beside native buckets",
        ),
        (
            quote!(native, classic: [2, 1]),
            "this bound is less than the one before it",
        ),
        (
            quote!(native, classic: 5),
            "buckets are a list of upper bounds",
        ),
        (quote!([1], native: 1.1), "a view has no option `native`"),
    ] {
        assert_eq!(with_buckets(&wrong), [expected], "{wrong}");
    }
    let alone = mistakes(&quote!(static SIZES: Distribution<SIZE> { classic: [1] }));
    assert_eq!(alone, ["`classic` stands beside native buckets"]);
    let of_count = mistakes(&quote!(static SIZES: Count<SIZE> { buckets: native, classic: [1] }));
    assert_eq!(of_count, ["only a `Distribution` has buckets"; 2]);
}

#[test]
fn optional_is_a_word() {
    for (input, expected) in [
        (quote!(#[optional]), &[] as &[&str]),
        (quote!(#[optional()]), &["`#[optional]` takes no argument"]),
        (
            quote!(#[optional(true)]),
            &["`#[optional]` takes no argument"],
        ),
        (
            quote!(#[optional = true]),
            &["`#[optional]` takes no argument"],
        ),
        (
            quote!(#[optional] #[doc = "x"] #[optional]),
            &["`#[optional]` is given twice"],
        ),
        (
            quote!(#[cfg_attr(test, inline, optional)]),
            &["`#[optional]` has no condition"],
        ),
        (quote!(#[cfg_attr(optional, doc = "x")]), &[]),
        (quote!(#[my::optional]), &[]),
    ] {
        assert_eq!(
            mistakes(&quote!(#input static A: Count<SIZE>;)),
            expected,
            "{input}"
        );
    }
    assert_eq!(
        mistakes(&quote!(static A: Count<SIZE> { optional: true })),
        ["a view has no option `optional`"]
    );
}

/// The attribute is gone, also after a mistake: the compiler knows none of this name.
#[test]
fn optional_does_not_stay_on_the_static() {
    for attribute in [quote!(#[optional]), quote!(#[optional(5)] #[optional])] {
        let output =
            items(quote!(census; /** Text. */ #attribute pub static A: Count<SIZE>;)).to_string();
        assert!(!output.contains("# [optional"), "{output}");
        assert!(output.contains(". optional ()"), "{output}");
    }
    let plain = items(quote!(census; static A: Count<SIZE>;)).to_string();
    assert!(!plain.contains("optional ()"), "{plain}");
}

#[test]
fn namespace_is_a_bool() {
    for wrong in [quote!("app"), quote!(0), quote!(NAMESPACE), quote!(!true)] {
        let reported =
            mistakes(&quote!(static A: Count<SIZE> { namespace: #wrong, namespace: true }));
        assert_eq!(
            reported,
            [
                "`namespace` is `true` or `false`",
                "`namespace` is given twice"
            ],
            "{wrong}"
        );
    }
}

#[test]
fn idle_is_no_literal() {
    for wrong in [quote!("10m"), quote!(600), quote!(0.5), quote!(true)] {
        let reported =
            mistakes(&quote!(static A: Count<SIZE> by (KEY) { idle: #wrong, idle: IDLE }));
        assert_eq!(
            reported,
            ["`idle` is a `Duration`", "`idle` is given twice"],
            "{wrong}"
        );
    }
}

/// Without columns there is no `idle`. After a mistake, columns may be missing only because they were wrong.
#[test]
fn wrong_columns_are_one_mistake_with_idle() {
    for (wrong, has_idle) in [
        (quote!(by (5) { idle: IDLE }), false),
        (quote!({ by: (KEY), idle: IDLE }), false),
        (quote!(by (5, KEY) { idle: IDLE }), true),
        (quote!({ idle: IDLE }), true),
    ] {
        let output = items(quote!(census; static A: Count<SIZE> #wrong)).to_string();
        assert_eq!(output.contains("with_idle"), has_idle, "{output}");
    }
}

#[test]
fn zero_is_a_bool() {
    for wrong in [quote!("no"), quote!(0), quote!(ZERO), quote!(!true)] {
        let reported = mistakes(&quote!(static A: Count<SIZE> { zero: #wrong, zero: true }));
        assert_eq!(
            reported,
            ["`zero` is `true` or `false`", "`zero` is given twice"],
            "{wrong}"
        );
    }
}

#[test]
fn labels_of_columns_are_names() {
    for (columns, mistake) in [
        (quote!(A as, B), "expected a label after `as`"),
        (quote!(A as), "expected a label after `as`"),
        (quote!(A as "b"), "expected a label after `as`"),
        (quote!(A as b.c), "expected the path of a tag key's static"),
        (
            quote!(A as ä),
            "a label consists of ASCII letters, digits and `_`",
        ),
        (quote!(A as a, A as b), "this column is given twice"),
    ] {
        let reported = mistakes(&quote!(static A: Count<SIZE> by (#columns);));
        assert_eq!(reported, [mistake], "{columns}");
    }
}

#[test]
fn every_item_is_checked() {
    let reported = mistakes(&quote! {
        static A: Coutn<SIZE>
        fn b() {}
        static C: Sum;
        const D: Histogram<SIZE> by (X, X) { buckets: 5, bounds: [1], name: "" }
        static E: Count<SIZE> = 5;
        pub F: Count<SIZE> { max_series: 0 max_series: 1 }
    });
    assert_eq!(
        reported,
        [
            "there is no aggregation `Coutn`",
            "expected `by (…)`, `{ … }` or `;`",
            "this view has no measure",
            "a view is a `static`",
            "there is no aggregation `Histogram`",
            "this column is given twice",
            "buckets are a list of upper bounds",
            "a view has no option `bounds`",
            "this name is empty",
            "`view!` gives the static its value",
            "a view is a `static`",
            "`max_series` is at least 1",
            "expected `,` before this",
            "`max_series` is given twice",
        ]
    );
}

#[test]
fn items_are_still_emitted() {
    let output = items(quote! {
        census;
        static A: Histogram<SIZE>
        static B: Sum;
        static C: Distribution<SIZE> { buckets: [2, 1] }
    })
    .to_string();
    for item in [
        "static A : census :: __private :: View < census :: __private :: Distribution >",
        "static B : census :: __private :: View < census :: __private :: Sum >",
        "static C : census :: __private :: View < census :: __private :: Distribution >",
    ] {
        assert!(output.contains(item), "{item} in {output}");
    }
}

#[test]
fn view_without_doc_comment_is_documented() {
    let output = items(quote!(census; static A: Count<m::SIZE> by (k::KEY, B);)).to_string();
    let doc = r#"# [doc = "`Count` of `m::SIZE` by `k::KEY`, `B`."]"#;
    assert!(output.contains(doc), "{output}");
}

/// A façade's own `macro_rules!` may pass `crate` on, and its views are elements as any other crate's.
#[test]
fn only_built_in_views_are_not_in_the_slice() {
    let view = quote!(
        static A: Count<SIZE>;
    );
    let of_facade = items(quote!(crate; #view)).to_string();
    let element = "crate :: __private :: element ! { VIEWS , ViewCell }";
    assert!(of_facade.contains(element), "{of_facade}");
    let of_library = built_in(view).to_string();
    assert!(!of_library.contains("element"), "{of_library}");
}

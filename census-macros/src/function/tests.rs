//! The mistakes that a `#[measure]` on functions reports, and that it still emits the function.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::valid_inputs::VALID;
use super::{ItemKind, item_kind};
use crate::testing::first_lines;

fn attribute(args: TokenStream, item: TokenStream) -> TokenStream {
    match item_kind(&item) {
        ItemKind::Impl => super::block_attribute(args, item),
        _ => super::attribute(args, item),
    }
}

fn mistakes(args: TokenStream, item: TokenStream) -> Vec<String> {
    first_lines(attribute(args, item))
}

fn valid() -> impl Iterator<Item = (TokenStream, TokenStream)> {
    let tokens = |text: &str| -> TokenStream { text.parse().expect("these are tokens") };
    VALID
        .iter()
        .map(move |(args, item)| (tokens(args), tokens(item)))
}

#[test]
fn valid_inputs_have_no_mistakes() {
    for (args, item) in valid() {
        assert_eq!(mistakes(args, item.clone()), [""; 0], "{item}");
    }
}

/// A body is in the output with its tokens in their order, also if it does not parse.
#[test]
fn bodies_pass_through() {
    let body: TokenStream = "let half = self.typed.; async 5 6; \"text\""
        .parse()
        .expect("these are tokens");
    for (asyncness, ret) in [
        (quote!(), quote!()),
        (quote!(), quote!(-> Result<u8, ()>)),
        (quote!(), quote!(-> !)),
        (quote!(), quote!(-> impl Future<Output = u8>)),
        (quote!(async), quote!(-> Result<u8, ()>)),
    ] {
        let output = attribute(quote!(), quote!(#asyncness fn work(self) #ret { #body }));
        assert!(contains(&output, &body.to_string()), "{output}");
        assert_eq!(first_lines(output), [""; 0]);
    }
}

fn contains(tokens: &TokenStream, body: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::Brace && group.stream().to_string() == body
                || contains(&group.stream(), body)
        }
        _ => false,
    })
}

const OTHER_FUTURE: &str = "no `async` block in this function makes this future, so `#[measure]` would only time its \
                            construction";

#[test]
fn unmeasurable_functions_are_unchanged() {
    for (item, message) in [
        (
            "const fn work() {}",
            "a `const fn` cannot be measured: it may run at compile time, where nothing can be recorded",
        ),
        ("fn work(&self);", "this function has no body to measure"),
        (
            "#[naked] fn work() {}",
            "a naked function cannot be measured: its body can only be assembly",
        ),
        (
            "fn work() -> BoxFuture<'static, u8> { other() }",
            OTHER_FUTURE,
        ),
        ("fn work() -> impl Future { }", OTHER_FUTURE),
    ] {
        let item: TokenStream = item.parse().expect("these are tokens");
        let output = attribute(quote!(LATENCY), item.clone());
        let compact = |tokens: &TokenStream| tokens.to_string().replace(' ', "");
        assert!(compact(&output).ends_with(&compact(&item)), "{output}");
        assert_eq!(first_lines(output), [message]);
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let args = quote! {
        "work", nmae = 1, SIZE = 5, SIZE(), A, A, in_flight, in_flight = |x| x, tags = 5, result = "ok", skip, 5
    };
    let item = quote!(
        #[measure]
        const fn work() {}
    );
    assert_eq!(
        mistakes(args, item),
        [
            "this string is not an argument: the argument's name is missing",
            "`#[measure]` of a function has no argument `nmae`",
            "expected a closure that takes a reference to the returned value",
            "expected a measure, not a call",
            "this measure is given twice",
            "`in_flight` has no value",
            "`in_flight` is given twice",
            "tags are written in parentheses",
            "expected a closure that takes a reference to the returned value",
            "expected a measure or an argument",
            "`skip` cannot be combined with other arguments",
            "`skip` is for a method in an `impl` block with `#[measure]`",
            "`#[measure]` is given twice",
            "a `const fn` cannot be measured: it may run at compile time, where nothing can be recorded",
        ]
    );
}

/// The call results that a function has rows for before its first call.
#[test]
fn return_type_gives_the_results() {
    for (item, [ok, error, cancelled]) in [
        ("fn f() {}", [true, false, false]),
        ("fn f() -> io::Result<u8> {}", [true, true, false]),
        ("fn f() -> ! {}", [false; 3]),
        ("async fn f() -> MyResult {}", [true; 3]),
        (
            "fn f() -> Pin<Box<dyn Future<Output = Result<A, B>> + Send>> { async {} }",
            [true; 3],
        ),
        ("fn f() -> Option<Result<A, B>> {}", [true, false, false]),
    ] {
        let item = item.parse().expect("these are tokens");
        let output = attribute(quote!(), item).to_string();
        let results = quote!({ ok: #ok, error: #error, cancelled: #cancelled }).to_string();
        assert!(output.contains(&results), "{output}");
    }
}

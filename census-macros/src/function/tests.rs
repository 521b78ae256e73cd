//! The mistakes that a `#[measure]` on functions can show, and that the function is there all the same.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::measure::attribute;
use crate::testing::first_lines;

fn of(args: TokenStream, item: TokenStream) -> Vec<String> {
    first_lines(attribute(args, item))
}

/// Attributes and items of all shapes, as text: a body need not parse.
pub(crate) const VALID: [(&str, &str); 7] = [
    ("", "fn work() {}"),
    (
        "LATENCY",
        "pub(crate) async fn work<T: Copy>(self, (a, _): (T, u8)) -> Result<T> { a }",
    ),
    (
        "a::LATENCY, in_flight = a::IN_FLIGHT, tags(KEY = a == b, K = c), result = |r| r.is_ok(), name = NAME,",
        "unsafe extern \"C\" fn work(mut a: String, _: u8) -> ! { loop {} }",
    ),
    (
        "SIZE = |r| r.len() as u64, OTHER = Vec::len, crate = metrics",
        "default fn work<'a>(&'a mut self, a: impl Fn() -> u8) -> Option<impl Copy + 'a> where Self: Sized { a.; }",
    ),
    (
        "",
        "#[doc = \"x\"]
         fn work(&self) -> Pin<Box<dyn Future<Output = Result<u8, ()>> + Send + '_>> {
             if self.a { return Box::pin(async { Ok(1) }); }
             match self.b { 1 => Box::pin(async move { Ok(2) }), _ => todo!() }
         }",
    ),
    (
        "tags(A = 1)",
        "fn work() -> impl Future<Output = ()> + Send { let a = || { 5 }; async move { a(); }.boxed() }",
    ),
    (
        "tags(A = self.a)",
        "#[cfg(all())]
         unsafe impl<T> Work<T> for &Service<T> where T: Copy {
             #![allow(dead_code)]
             const N: usize = { 5 };
             type A = [u8; { 5 }];
             made! { fn not_seen() {} }
             made!(5);
             const fn constant() {}
             #[measure(skip)]
             fn left_out(self) {}
             #[census::measure(LATENCY, tags(A = 1), name = \"x\")]
             pub fn own(self: Rc<Self>, a: A) -> Self { #![allow(x)] self }
             fn without();
             async fn later(&self) -> io::Result<()> { Ok(()) }
         }",
    ),
];

fn valid() -> impl Iterator<Item = (TokenStream, TokenStream)> {
    let tokens = |text: &str| -> TokenStream { text.parse().expect("these are tokens") };
    VALID
        .iter()
        .map(move |(args, item)| (tokens(args), tokens(item)))
}

#[test]
fn right_ones_have_no_mistakes() {
    for (args, item) in valid() {
        assert_eq!(of(args, item.clone()), [""; 0], "{item}");
    }
}

/// The bodies' tokens are all there, in their order, whether they parse or not.
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

#[test]
fn what_cannot_be_measured_is_left_as_it_is() {
    for (item, message) in [
        (
            "const fn work() {}",
            "a `const fn` cannot be measured: it may run at compile time, where nothing can be recorded",
        ),
        ("fn work(&self);", "this has no body that could be measured"),
        (
            "#[naked] fn work() {}",
            "a naked function cannot be measured: its body is nothing but assembly",
        ),
        (
            "fn work() -> BoxFuture<'static, u8> { other() }",
            "this is a future that `#[measure]` cannot see into: only the making of it would be timed",
        ),
        (
            "fn work() -> impl Future { }",
            "this is a future that `#[measure]` cannot see into: only the making of it would be timed",
        ),
    ] {
        let item: TokenStream = item.parse().expect("these are tokens");
        let output = attribute(quote!(LATENCY), item.clone());
        let text = |tokens: &TokenStream| tokens.to_string().replace(' ', "");
        assert!(text(&output).ends_with(&text(&item)), "{output}");
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
        of(args, item),
        [
            "a string says nothing without its argument's name",
            "`#[measure]` of a function has no argument `nmae`",
            "expected a closure, which gets a reference to what is returned",
            "a measure is named here, not called",
            "this measure stands here twice",
            "`in_flight` has no value",
            "`in_flight` was given already",
            "tags stand in parentheses",
            "expected a closure, which gets a reference to what is returned",
            "expected a measure, or an argument",
            "`skip` leaves a method out, so there is nothing more to say",
            "`skip` leaves a method out of an annotated `impl` block, and here is none",
            "`#[measure]` stands here twice",
            "a `const fn` cannot be measured: it may run at compile time, where nothing can be recorded",
        ]
    );
}

/// The results that a function is known to have before its first call.
#[test]
fn written_types_tell_the_results() {
    for (item, results) in [
        ("fn f() {}", r#"["ok" , "panicked"]"#),
        (
            "fn f() -> io::Result<u8> {}",
            r#"["ok" , "error" , "panicked"]"#,
        ),
        ("fn f() -> ! {}", r#"["panicked"]"#),
        (
            "async fn f() -> MyResult {}",
            r#"["ok" , "error" , "panicked" , "cancelled"]"#,
        ),
        (
            "fn f() -> Pin<Box<dyn Future<Output = Result<A, B>> + Send>> { async {} }",
            r#"["ok" , "error" , "panicked" , "cancelled"]"#,
        ),
        (
            "fn f() -> Option<Result<A, B>> {}",
            r#"["ok" , "panicked"]"#,
        ),
    ] {
        let item = item.parse().expect("these are tokens");
        let output = attribute(quote!(), item).to_string();
        assert!(output.contains(&format!("& {results}")), "{output}");
    }
}

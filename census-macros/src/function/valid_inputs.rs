//! Valid inputs of `#[measure]` on functions and blocks, for tests.

/// Attributes and items of all shapes, as text: a body need not parse.
pub(crate) const VALID: [(&str, &str); 7] = [
    ("", "fn work() {}"),
    (
        "LATENCY",
        "pub(crate) async fn work<T: Copy>(self, (a, _): (T, u8)) -> Result<T> { a }",
    ),
    (
        "a::LATENCY, in_flight = a::IN_FLIGHT, tags(KEY = a == b, K = c), exemplar(trace_id = id(), \"b\" = b), result = |r| r.is_ok(), name = NAME,",
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
        "tags(A = 1), exemplar(a = 1)",
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

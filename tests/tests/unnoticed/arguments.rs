//! Items, imports and variables that only the arguments of `#[measure]` use, in functions of every kind. No lint reports
//! anything here.
#![warn(missing_docs, unreachable_pub, unused, clippy::all, clippy::pedantic, clippy::nursery)]
#![warn(let_underscore_drop, unused_qualifications, unused_results, single_use_lifetimes)]
#![warn(clippy::let_underscore_untyped, clippy::let_underscore_must_use)]
#![warn(clippy::allow_attributes, clippy::allow_attributes_without_reason)]
#![deny(unexpected_cfgs)]
#![forbid(unsafe_code)]

use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;

use census as metrics;
use census::{Measure, TagKey, measure, tag};
use imported::OTHER_LATENCY;

#[tag]
static KIND: TagKey;
#[measure]
static LATENCY: Measure<std::time::Duration>;
#[measure]
static SIZE: Measure<u64>;
#[measure]
static IN_FLIGHT: Measure<i64>;
const NAME: &str = "named";

mod imported {
    #[census::measure]
    pub(super) static OTHER_LATENCY: census::Measure<std::time::Duration>;
}

const fn size(text: &str) -> u64 {
    text.len() as u64
}

trait Name {
    fn name(&self) -> &'static str;
}

impl Name for Option<u8> {
    fn name(&self) -> &'static str {
        if self.is_some() { "some" } else { "none" }
    }
}

/// Nothing is moved into the tags.
#[measure(LATENCY, name = NAME, in_flight = IN_FLIGHT, tags(KIND = text))]
#[must_use]
pub fn moves(text: String) -> Box<str> {
    use std::convert::identity;
    identity(text).into()
}

/// Only the label of the exemplar uses the argument.
#[measure(LATENCY, exemplar(trace_id = text.trim()))]
pub fn only_exemplar(text: &str) {
    println!("called");
}

/// The labels of an asynchronous function.
///
/// # Errors
/// Never.
#[measure(LATENCY, exemplar(trace_id = *Rc::new(text)), result = |returned| if returned.is_ok() { "ok" } else { "no" })]
pub async fn exemplar_async(text: &str) -> Result<usize, std::num::TryFromIntError> {
    Ok(ready(text.len()).await)
}

/// Only the tags use the argument.
#[measure(OTHER_LATENCY, tags(KIND = text))]
pub fn only_tags(text: &str) {
    println!("called");
}

/// A method of a private trait.
#[measure(result = |returned| returned.name().trim())]
#[must_use]
pub fn private_trait(n: u8) -> Option<u8> {
    n.checked_add(1)
}

/// The path to the library is an import.
#[measure(crate = metrics)]
pub fn path() {
    println!("called");
}

/// Is awaited on any thread, with tags that hold an `Rc`.
#[measure(SIZE = |returned| size(returned), tags(KIND = *Rc::new(text)))]
pub async fn asynchronous(text: &str) -> String {
    ready(text.len()).await.to_string()
}

/// Returns a future.
#[measure(SIZE = |returned| u64::from(*returned), tags(KIND = n.to_string()))]
#[must_use]
pub fn boxed(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    if n == 0 {
        return Box::pin(async move { 5 });
    }
    let n = n - 1;
    Box::pin(async move { ready(n).await })
}

/// Is `Send`.
#[must_use]
pub fn is_send() -> impl Send {
    (asynchronous("x"), boxed(3), Block(5).later("x"))
}

/// The type of the returned value cannot be written.
#[measure(SIZE = |returned| returned.size_hint().0 as u64)]
pub fn hidden(n: u8) -> impl Iterator<Item = u8> {
    0..n
}

/// Never returns.
#[measure(tags(KIND = text))]
#[track_caller]
pub fn never(text: &str) -> ! {
    std::process::abort()
}

/// Generic.
#[measure(LATENCY, tags(KIND = value.as_ref()), result = |returned| if returned.is_some() { "some" } else { "none" })]
#[track_caller]
pub fn generic<T: AsRef<str>, const N: usize>(value: &T, list: [T; N]) -> Option<T> {
    list.into_iter().next()
}

/// A type.
#[derive(Debug)]
pub struct Block(u8);

#[measure(LATENCY, in_flight = IN_FLIGHT, tags(KIND = "block"))]
impl Block {
    /// Borrows.
    #[measure(SIZE = |returned| u64::from(**returned))]
    #[must_use]
    pub fn borrows<'a>(&'a mut self, text: &'a str) -> &'a u8 {
        self.0 += u8::from(text.is_empty());
        &self.0
    }

    /// Waits.
    ///
    /// # Errors
    /// Always.
    #[measure(tags(KIND = text), result = |returned| if returned.is_ok() { "good" } else { "bad" })]
    pub async fn later(self, text: &str) -> Result<u8, std::num::TryFromIntError> {
        u8::try_from(ready(300).await + u16::from(self.0))
    }

    /// Is constant.
    #[must_use]
    pub const fn constant(&self) -> u8 {
        self.0
    }
}

/// A measured function cannot be constant.
#[measure]
#[must_use]
pub fn simple(n: u8) -> u8 {
    n
}

macro_rules! make {
    ($name:ident, $text:ident, $tags:tt, $body:block) => {
        /// Made by a macro.
        #[measure(crate = $crate::metrics, tags $tags)]
        pub fn $name($text: &str) $body
    };
}

make!(made, text, (KIND = text), {
    println!("called");
});

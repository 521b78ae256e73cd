//! A bound for what a closure returns: any type that is not a future.

/// Every type that is not a [`Future`]: what a closure of [`TagMap::scope`] or [`Measure::time`] may return.
///
/// A future that such a closure returns would run after the call: without the tags, and outside of the time. So these
/// methods reject it:
///
/// ```compile_fail,E0282
/// # use census::{Measure, TagKey, measure, tag, tags};
/// # #[tag]
/// # static ROUTE: TagKey;
/// # #[measure]
/// # static SIZE: Measure<u64>;
/// # async fn answer() {
/// tags!(ROUTE = "/").scope(|| async { SIZE.record(1) }).await; // SIZE would be recorded without the tag
/// # }
/// ```
///
/// The error is `type annotations needed` (E0282 or E0283), and the type that the compiler cannot infer is named for what
/// to write instead. There is nothing to annotate: stable Rust has no bound for "does not implement". Instead, this trait
/// is implemented for every type with one `Reason`, and for futures with another one, so that for a future the compiler
/// cannot choose between the two.
///
/// [`TagMap::scope`]: crate::TagMap::scope
/// [`Measure::time`]: crate::Measure::time
pub trait NotAFuture<Reason> {}

/// A closure without arguments, for the methods that take one and reject futures.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure without arguments",
    label = "expected a closure: `|| …`",
    note = "tags are given to a future by `.with_tags(tags!(KEY = value))`, and an `async fn` is timed by `#[measure(LATENCY)]`"
)]
pub trait Closure<R>: FnOnce() -> R {}

#[diagnostic::do_not_recommend]
impl<R, F: FnOnce() -> R> Closure<R> for F {}

/// The reason of every type.
#[derive(Debug)]
pub enum IsAnyType {}

/// The second reason, of futures only.
#[derive(Debug)]
pub enum FutureRunsAfterTheCall {}

impl<T> NotAFuture<IsAnyType> for T {}

impl<T: Future> NotAFuture<FutureRunsAfterTheCall> for T {}

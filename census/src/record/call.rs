//! Measured calls: what `#[measure]` on a function does when it is called.
//!
//! Generated code looks like this for a function,
//!
//! ```text
//! let plan = CallPlan::new(&CELL);             // `.with_tags(tags(&[…]))`
//! let scope = plan.enter();                    // if there are tags
//! let mut call = Call::new(&plan);
//! call.begin();
//! let returned = call(move || BODY);
//! call.value(&SIZE, result, || closure(&returned));
//! call.finish(outcome!(&returned));
//! returned
//! ```
//!
//! or, where what it returns tells nothing, a `PlainCall` and then `BODY`,
//!
//! and like this for a future, where the plan is made at the first poll of the outer one:
//!
//! ```text
//! async fn f(ARGUMENTS) -> R {
//!     CallPlan::new(&CELL).measured(async move { BODY }, |returned, call| call.finish(outcome!(returned))).await
//! }
//! ```

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{InFlight, clock, measurement, record_one, viewed};
use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{FunctionCell, Measure, Value};
use crate::tags::{AsTagValue as _, Scope, Tag, TagMap, TagValueRef, literal_tag};

/// What a call is measured by.
#[doc(hidden)]
#[derive(Debug)]
pub struct CallPlan {
    cell: &'static FunctionCell,
    tags: Option<TagMap>,
}

impl CallPlan {
    /// Measured as the function says.
    #[must_use]
    pub const fn new(cell: &'static FunctionCell) -> Self {
        Self { cell, tags: None }
    }

    /// With tags that are current during the call.
    #[must_use]
    pub fn with_tags(mut self, tags: TagMap) -> Self {
        self.tags = Some(tags);
        self
    }

    /// Makes the call's tags current, if it has any. To be dropped after the [`Call`].
    #[must_use]
    pub fn enter(&self) -> Option<Scope> {
        self.tags.clone().map(TagMap::enter)
    }

    /// A future that is a call. `on_return` is to finish it.
    pub fn measured<F, G>(self, future: F, on_return: G) -> Measured<F, G>
    where
        F: Future,
        G: FnOnce(&F::Output, Call),
    {
        Measured {
            future: Some(future),
            plan: self,
            on_return: Some(on_return),
            call: CallInFuture(None),
        }
    }
}

/// A call under way. Dropped before it is finished, it has panicked.
#[doc(hidden)]
#[must_use = "a call that is dropped counts as panicked"]
#[derive(Debug)]
pub struct Call {
    cell: &'static FunctionCell,
    in_flight: InFlight,
    start: Option<clock::Instant>,
    end: End,
}

/// What it means if the call is dropped now.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The call ends in this way.
    As(CallResult),
    /// Nothing: it is finished.
    Known,
}

impl Call {
    /// A call to come. It [begins](Self::begin) where it lies: to move it would cost more than all else.
    #[inline]
    pub const fn new(plan: &CallPlan) -> Self {
        Self::of(plan.cell)
    }

    #[inline]
    const fn of(cell: &'static FunctionCell) -> Self {
        Self {
            cell,
            in_flight: InFlight::NONE,
            start: None,
            end: End::As(CallResult::Panicked),
        }
    }

    /// Begins the call, with the tags that are current now.
    pub fn begin(&mut self) {
        let cell = self.cell;
        if let Some(measure) = cell.in_flight() {
            self.in_flight.begin(measure, || cell.tags());
        }
        if cell.latencies().iter().any(|measure| measure.is_viewed()) {
            self.start = Some(clock::now());
        }
    }

    /// Records a value taken from what was returned, if its measure is viewed.
    pub fn value<T: Value, V: OptionalValue<T>>(
        &self,
        measure: &Measure<T>,
        result: &TagValueRef<'_>,
        value: impl FnOnce() -> V,
    ) {
        if let Some(version) = viewed(measure)
            && let Some(value) = value().into_option()
        {
            record_one(version, &measurement(measure, value), || self.tags(*result));
        }
    }

    /// Ends the call.
    pub fn finish(mut self, result: &TagValueRef<'_>) {
        self.end = End::Known;
        self.end(*result);
    }

    fn end(&mut self, result: TagValueRef<'_>) {
        // First: it waits for what was begun before.
        let elapsed = self.start.map(clock::elapsed);
        let cell = self.cell;
        if let Some(measure) = cell.in_flight() {
            self.in_flight.end(measure, || cell.tags());
        }
        // A measure that came to have views during the call has no beginning to count from.
        let Some(elapsed) = elapsed else { return };
        for measure in cell.latencies() {
            if let Some(version) = viewed(measure) {
                record_one(version, &measurement(measure, elapsed), || {
                    self.tags(result)
                });
            }
        }
    }

    #[inline]
    fn tags<'a>(&self, result: TagValueRef<'a>) -> [Tag<'a>; 3] {
        let [function, module] = self.cell.tags();
        [function, module, Tag::new(&RESULT, result)]
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let End::As(result) = self.end {
            self.end(result.as_tag_value());
        }
    }
}

/// A call of which nobody looks at what it returns: dropped, it is `ok`, unless a panic drops it.
#[doc(hidden)]
#[must_use = "the call ends when it is dropped"]
#[derive(Debug)]
pub struct PlainCall {
    call: Call,
    /// Whether its thread was panicking before it began: then it is a destructor's, and not what panics. (Should it
    /// panic itself, and be caught before it aborts the program, it counts as `ok`: nothing tells.)
    panicking: bool,
}

impl PlainCall {
    /// A call to come.
    #[inline]
    pub fn new(plan: &CallPlan) -> Self {
        let panicking = std::thread::panicking();
        Self {
            call: Call::new(plan),
            panicking,
        }
    }

    /// Begins the call, with the tags that are current now.
    #[inline]
    pub fn begin(&mut self) {
        self.call.begin();
    }
}

impl Drop for PlainCall {
    #[inline]
    fn drop(&mut self) {
        if self.panicking || !std::thread::panicking() {
            self.call.end = End::As(CallResult::Ok);
        }
    }
}

impl FunctionCell {
    /// The tags that all measurements of a call have.
    #[inline]
    fn tags(&'static self) -> [Tag<'static>; 2] {
        [
            literal_tag(&FUNCTION, self.name()),
            literal_tag(&MODULE, self.module()),
        ]
    }
}

/// What a value's closure may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the closure returns `{Self}`, but the measure's values are `{T}`",
    label = "write a closure that returns `{T}` or `Option<{T}>`"
)]
pub trait OptionalValue<T> {
    fn into_option(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Value> OptionalValue<T> for T {
    fn into_option(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> OptionalValue<T> for Option<T> {
    fn into_option(self) -> Option<T> {
        self
    }
}

pin_project! {
    /// A future that is a measured call: begun at its first poll; `cancelled` if it is dropped before it is ready, but
    /// `panicked` if that happens while it is polled; nothing if it was never polled.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Measured<F, G> {
        // `None` only while it is dropped: what its destructors record is to have the call's tags.
        #[pin]
        future: Option<F>,
        plan: CallPlan,
        on_return: Option<G>,
        call: CallInFuture,
    }

    impl<F, G> PinnedDrop for Measured<F, G> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _scope = this.plan.tags.as_mut().map(TagMap::enter_borrowed);
            this.future.set(None);
            drop(this.call.0.take());
        }
    }
}

/// The call, with the word `cancelled` while the future is not polled.
struct CallInFuture(Option<Call>);

impl<F, G> Future for Measured<F, G>
where
    F: Future,
    G: FnOnce(&F::Output, Call),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if this.on_return.is_none()
            && let Some(future) = this.future.as_mut().as_pin_mut()
        {
            // It was ready before. What it does now is its own affair, and no call.
            return future.poll(cx);
        }
        // Set and restored around every poll: a guard held across an `.await` would leak the tags to other tasks.
        let function = this.plan.cell;
        let _scope = this.plan.tags.as_mut().map(TagMap::enter_borrowed);
        let call = match &mut this.call.0 {
            Some(call) => call,
            none => {
                let call = none.insert(Call::of(function));
                call.begin();
                call
            }
        };
        // `thread::panicking()` would not do: this future may be dropped because another one panicked.
        call.end = End::As(CallResult::Panicked);
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = future.poll(cx);
        if let Poll::Ready(output) = &polled {
            if let (Some(on_return), Some(call)) = (this.on_return.take(), this.call.0.take()) {
                on_return(output, call);
            }
        } else {
            call.end = End::As(CallResult::Cancelled);
        }
        polled
    }
}

impl<F, G> fmt::Debug for Measured<F, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

/// Calls a function's body. A closure, because the body may `return`.
#[doc(hidden)]
#[inline]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

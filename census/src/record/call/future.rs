//! Futures that are measured calls.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::exemplar::CallExemplar;
use super::guard::Call;
use super::plan::CallPlan;
use crate::calls::CallResult;
use crate::tags::{BorrowedScope, TagMap};

pin_project! {
    /// A future that is a measured call, which begins at the first poll. If the future is dropped before it is ready,
    /// the result is `cancelled`, or `panicked` if a poll panicked. A future that was never polled is no call.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Measured<F, G> {
        // `None` only while `Measured` is dropped, so that destructors within the future record with the call's tags.
        #[pin]
        future: Option<F>,
        call: PolledCall,
        // `None` once the future was ready.
        on_return: Option<G>,
    }

    impl<F, G> PinnedDrop for Measured<F, G> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let (_scope, call) = this.call.enter_to_drop();
            this.future.set(None);
            end(call);
        }
    }
}

/// The call of a future, in its plan's tags. Its methods are not inlined, because each is in every measured future.
#[derive(Debug)]
struct PolledCall {
    plan: CallPlan,
    /// While the future is not being polled, the result is `cancelled`. `None` before the beginning of a call without an
    /// exemplar, and after the end.
    call: Option<Call>,
}

impl PolledCall {
    /// Makes the call's tags current, and begins the call at the first poll. They are current only during each poll: a guard
    /// held across an `.await` would give the tags to other tasks. Does nothing if the call has ended.
    #[inline(never)]
    fn enter(&mut self, has_ended: bool) -> (Option<BorrowedScope<'_>>, &mut Option<Call>) {
        if has_ended {
            return (None, &mut self.call);
        }
        let function = self.plan.cell;
        let scope = self.plan.tags.as_mut().map(TagMap::enter_borrowed);
        // The destructor cannot ask `thread::panicking()` instead: another future's panic may drop this one.
        match &mut self.call {
            Some(call) => call.resume(),
            none => none.insert(Call::new(function)).begin(),
        }
        (scope, &mut self.call)
    }

    /// Makes the call's tags current while the future is dropped.
    #[inline(never)]
    fn enter_to_drop(&mut self) -> (Option<BorrowedScope<'_>>, &mut Option<Call>) {
        let scope = self.plan.tags.as_mut().map(TagMap::enter_borrowed);
        (scope, &mut self.call)
    }
}

/// Ends a call, if it has begun.
#[inline(never)]
fn end(call: &mut Option<Call>) {
    *call = None;
}

impl CallPlan {
    /// A future that is a measured call. When it is ready, `on_return` is called to set the call's result.
    pub fn measured<F, G>(self, future: F, on_return: G) -> Measured<F, G>
    where
        F: Future,
        G: FnOnce(&F::Output, &mut Call),
    {
        self.measured_with_exemplar(None, future, on_return)
    }

    /// The same, for a call whose measurements have this exemplar.
    pub fn measured_with_exemplar<F, G>(
        self,
        exemplar: Option<Box<CallExemplar>>,
        future: F,
        on_return: G,
    ) -> Measured<F, G>
    where
        F: Future,
        G: FnOnce(&F::Output, &mut Call),
    {
        let call = exemplar.map(|exemplar| Call::not_begun(self.cell, exemplar));
        Measured {
            future: Some(future),
            call: PolledCall { plan: self, call },
            on_return: Some(on_return),
        }
    }
}

impl<F, G> Future for Measured<F, G>
where
    F: Future,
    G: FnOnce(&F::Output, &mut Call),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        // If the future was ready before, `future` decides how it behaves now.
        let has_ended = this.on_return.is_none();
        let (_scope, call) = this.call.enter(has_ended);
        let polled = future.poll(cx);
        if let Some(running) = call {
            match &polled {
                Poll::Pending => running.set_result(CallResult::Cancelled),
                Poll::Ready(output) => {
                    if let Some(on_return) = this.on_return.take() {
                        on_return(output, running);
                    }
                    end(call);
                }
            }
        }
        polled
    }
}

impl<F, G> fmt::Debug for Measured<F, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured")
            .field("plan", &self.call.plan)
            .finish_non_exhaustive()
    }
}

//! Futures that are measured calls.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::guard::Call;
use super::plan::CallPlan;
use crate::calls::CallResult;
use crate::tags::TagMap;

pin_project! {
    /// A future that is a measured call, which begins at the first poll. If the future is dropped before it is ready,
    /// the result is `cancelled`, or `panicked` if a poll panicked. A future that was never polled is no call.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Measured<F, G> {
        // `None` only while `Measured` is dropped, so that destructors within the future record with the call's tags.
        #[pin]
        future: Option<F>,
        plan: CallPlan,
        // `None` once the future was ready.
        on_return: Option<G>,
        // While the future is not being polled, the result on drop is `cancelled`.
        call: Option<Call>,
    }

    impl<F, G> PinnedDrop for Measured<F, G> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _scope = this.plan.tags.as_mut().map(TagMap::enter_borrowed);
            this.future.set(None);
            drop(this.call.take());
        }
    }
}

impl CallPlan {
    /// A future that is a measured call. When it is ready, `on_return` is called to finish the call.
    pub fn measured<F, G>(self, future: F, on_return: G) -> Measured<F, G>
    where
        F: Future,
        G: FnOnce(&F::Output, Call),
    {
        Measured {
            future: Some(future),
            plan: self,
            on_return: Some(on_return),
            call: None,
        }
    }
}

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
            // The future was ready before, and the call is finished. `future` decides how it behaves now.
            return future.poll(cx);
        }
        let function = this.plan.cell;
        // Current only during each poll: a guard held across an `.await` would give the tags to other tasks.
        let _scope = this.plan.tags.as_mut().map(TagMap::enter_borrowed);
        let call = match &mut *this.call {
            Some(call) => call,
            none => {
                let call = none.insert(Call::of(function));
                call.begin();
                call
            }
        };
        // The destructor cannot ask `thread::panicking()` instead: another future's panic may drop this one.
        call.set_result_on_drop(CallResult::Panicked);
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = future.poll(cx);
        if let Poll::Ready(output) = &polled {
            if let (Some(on_return), Some(call)) = (this.on_return.take(), this.call.take()) {
                on_return(output, call);
            }
        } else {
            call.set_result_on_drop(CallResult::Cancelled);
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

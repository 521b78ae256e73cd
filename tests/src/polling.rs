//! Futures that a test polls by hand, without a runtime.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// A future that can be handed from thread to thread.
pub type BoxedFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls a future once. The waker does nothing.
pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future once, and drops it.
pub fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    poll(pin!(future))
}

/// Polls a future again and again until it is ready, and returns its output.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

/// Boxes a future and polls it once, so that a measured call has begun. The future must not be ready yet.
#[must_use]
pub fn begun(future: impl Future<Output = ()> + Send + 'static) -> BoxedFuture {
    let mut future: BoxedFuture = Box::pin(future);
    assert!(poll(future.as_mut()).is_pending(), "the call is pending");
    future
}

/// A future that is pending a number of times, and then ready. Under a runtime it is polled again at once.
#[derive(Debug)]
pub struct PendingTimes(u64);

/// Returns a future that is pending `times` times.
#[must_use]
pub fn pending_times(times: u64) -> PendingTimes {
    PendingTimes(times)
}

impl Future for PendingTimes {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            None => Poll::Ready(()),
            Some(left) => {
                self.0 = left;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

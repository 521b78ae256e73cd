//! The bodies of requests, counted as they pass.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Buf as _;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::grpc::{MessageCount, MessageCounter};

/// How a layer passes on the bodies of requests.
pub trait PassRequestBody<B>: sealed::Sealed {
    /// The body that the service gets.
    type Body;

    /// Passes a body on. Returns what counts it, if it is counted.
    #[doc(hidden)]
    fn pass(&self, body: B, wanted: Wanted) -> (Self::Body, Option<Passed>);
}

/// What a layer wants to know of a request's body.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The request is not measured.
    Nothing,
    Bytes,
    BytesAndMessages,
}

/// Passes the bodies of requests on as they are. What is measured of them is the length that they say they have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Uncounted(());

/// Counts the bodies of requests as they pass. Made by
/// [`RequestLayer::count_request_body`](crate::RequestLayer::count_request_body).
#[derive(Clone, Copy, Debug)]
pub struct Counted<F>(pub(crate) F);

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Uncounted {}
    impl<F> Sealed for super::Counted<F> {}
}

impl<B> PassRequestBody<B> for Uncounted {
    type Body = B;

    fn pass(&self, body: B, _: Wanted) -> (B, Option<Passed>) {
        (body, None)
    }
}

impl<B, Into, F: Fn(RequestBody<B>) -> Into> PassRequestBody<B> for Counted<F> {
    type Body = Into;

    fn pass(&self, inner: B, wanted: Wanted) -> (Into, Option<Passed>) {
        let passed = (wanted != Wanted::Nothing).then(Passed::default);
        let has_messages = wanted == Wanted::BytesAndMessages;
        let body = RequestBody {
            inner,
            messages: has_messages.then(MessageCounter::default),
            passed: passed.clone(),
        };
        ((self.0)(body), passed)
    }
}

/// What has passed of a request's body.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Passed(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    bytes: AtomicU64,
    messages: AtomicU64,
    message_bytes: AtomicU64,
}

// Relaxed: each number is right by itself. The body may be on another thread than the response, and the request may end
// while it passes; then the numbers are those of some moment before.
impl Passed {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn messages(&self) -> MessageCount {
        MessageCount {
            messages: self.0.messages.load(Ordering::Relaxed),
            bytes: self.0.message_bytes.load(Ordering::Relaxed),
        }
    }

    fn add_bytes(&self, len: u64) {
        self.0.bytes.fetch_add(len, Ordering::Relaxed);
    }

    fn set_messages(&self, count: MessageCount) {
        self.0.messages.store(count.messages, Ordering::Relaxed);
        self.0.message_bytes.store(count.bytes, Ordering::Relaxed);
    }
}

pin_project! {
    /// The body of a request, counted as it passes.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        inner: B,
        messages: Option<MessageCounter>,
        // `None` if the request is not measured.
        passed: Option<Passed>,
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let polled = this.inner.poll_frame(context);
        if let (Some(passed), Poll::Ready(Some(Ok(frame)))) = (this.passed, &polled)
            && let Some(data) = frame.data_ref()
        {
            passed.add_bytes(data.remaining() as u64);
            if let Some(messages) = this.messages {
                messages.read(data);
                passed.set_messages(messages.count());
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

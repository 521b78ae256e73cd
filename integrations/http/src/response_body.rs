//! The bodies of responses.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::call::Call;
use crate::error_type::ErrorType;

pin_project! {
    /// The body of a measured response. The request ends with it.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        // `None` only while this is dropped: the service's body is dropped within the request's tags.
        #[pin]
        inner: Option<B>,
        // `None` if the request is not measured. It may have ended.
        call: Option<Call>,
    }

    impl<B> PinnedDrop for ResponseBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            Call::scope(this.call.as_ref(), || this.inner.set(None));
        }
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn new(inner: B, call: Option<Call>) -> Self {
        Self {
            inner: Some(inner),
            call,
        }
    }
}

/// A body that is not measured: layers such as `tower-http`'s timeout make responses of their own of it.
impl<B: Default> Default for ResponseBody<B> {
    fn default() -> Self {
        Self::new(B::default(), None)
    }
}

impl<B: Body> Body for ResponseBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let Some(mut inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let Some(call) = this.call else {
            return inner.poll_frame(context);
        };
        let polled = ready!(call.run(|| inner.as_mut().poll_frame(context)));
        let has_ended = match &polled {
            None => true,
            Some(Err(_)) => {
                call.end(Some(ErrorType::BodyError));
                true
            }
            Some(Ok(frame)) => match (frame.data_ref(), frame.trailers_ref()) {
                (Some(data), _) => call.data(data) || inner.is_end_stream(),
                (_, Some(trailers)) => {
                    call.trailers(trailers);
                    true
                }
                (None, None) => false,
            },
        };
        if has_ended {
            // Without effect if the request has ended already.
            call.end_of_body();
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(SizeHint::default, B::size_hint)
    }
}

//! The future of a response.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use crate::call::{BodyAtStart, Call};
use crate::error_type::ErrorType;
use crate::response_body::ResponseBody;

pin_project! {
    /// The future of a measured service's response.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        // `None` only while this is dropped: the service's future is dropped within the request's tags.
        #[pin]
        inner: Option<F>,
        // `None` if the request is not measured, or once there is a response, whose body has it.
        call: Option<Call>,
    }

    impl<F> PinnedDrop for ResponseFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            Call::scope(this.call.as_ref(), || this.inner.set(None));
        }
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn new(inner: F, call: Option<Call>) -> Self {
        Self {
            inner: Some(inner),
            call,
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // There is one until this is dropped.
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Pending;
        };
        let poll = || {
            let response = ready!(inner.poll(context));
            Poll::Ready(response.map(|response| {
                let at_start = BodyAtStart {
                    is_at_end: response.body().is_end_stream(),
                    exact_len: response.body().size_hint().exact(),
                };
                (response, at_start)
            }))
        };
        let result = match this.call {
            Some(call) => ready!(call.run(poll)),
            None => ready!(poll()),
        };
        let mut call = this.call.take();
        Poll::Ready(match result {
            Ok((response, at_start)) => {
                let (parts, body) = response.into_parts();
                if let Some(call) = &mut call {
                    call.respond(&parts, at_start);
                }
                Ok(Response::from_parts(parts, ResponseBody::new(body, call)))
            }
            Err(error) => {
                if let Some(call) = &mut call {
                    call.end(Some(ErrorType::ServiceError));
                }
                Err(error)
            }
        })
    }
}

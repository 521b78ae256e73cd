//! Requests to an axum service whose handler does nothing, for the group `http`.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::Uri;
use axum::routing::get;
use tower::Service as _;

/// The service, without a layer.
pub(crate) fn router() -> Router {
    Router::new().route("/users/{id}", get(async || "a user"))
}

/// A service that requests are sent to, on this thread and without a socket.
pub(crate) struct App {
    router: Router,
    uri: Uri,
}

impl App {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            uri: Uri::from_static("/users/7"),
        }
    }

    /// Sends a request, and takes the whole response, as a server does.
    pub(crate) fn send(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.uri.clone();
        let Poll::Ready(Ok(response)) = pin!(self.router.call(request)).poll(&mut context) else {
            unreachable!("the handler waits for nothing");
        };
        assert!(response.status().is_success());
        let mut body = pin!(response.into_body());
        while !body.is_end_stream() {
            let Poll::Ready(frame) = body.as_mut().poll_frame(&mut context) else {
                unreachable!("the body waits for nothing");
            };
            if black_box(frame).is_none() {
                break;
            }
        }
    }
}

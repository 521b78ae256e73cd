//! The service that a layer makes.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::call::Call;
use crate::future::ResponseFuture;
use crate::request_body::{PassRequestBody, Uncounted, Wanted};
use crate::response_body::ResponseBody;
use crate::settings::Settings;

/// A service whose requests are measured. Made by a [`RequestLayer`](crate::RequestLayer).
#[derive(Clone, Debug)]
pub struct Measured<S, P = Uncounted> {
    inner: S,
    settings: Arc<Settings>,
    request_bodies: P,
}

impl<S, P> Measured<S, P> {
    pub(crate) fn new(inner: S, settings: Arc<Settings>, request_bodies: P) -> Self {
        Self {
            inner,
            settings,
            request_bodies,
        }
    }
}

impl<S, P, B, R> Service<Request<B>> for Measured<S, P>
where
    S: Service<Request<P::Body>, Response = Response<R>>,
    P: PassRequestBody<B>,
    B: Body,
    R: Body,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let mut call = Call::begin(&self.settings, &mut parts);
        let wanted = call.as_ref().map_or(Wanted::Nothing, Call::wanted);
        let pass = || {
            let exact_len = body.size_hint().exact();
            let (body, passed) = self.request_bodies.pass(body, wanted);
            let future = self.inner.call(Request::from_parts(parts, body));
            (future, exact_len, passed)
        };
        let future = match &mut call {
            Some(call) => {
                let (future, exact_len, passed) = call.run(pass);
                call.set_request_size(exact_len, passed);
                future
            }
            None => pass().0,
        };
        ResponseFuture::new(future, call)
    }
}

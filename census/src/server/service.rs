//! The site as a `tower` service.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::{Request, Response};
use tower_service::Service;

use super::access::RequestHead;
use super::peer::Peer;
use super::response::ResponseBody;
use super::site::{Resource, Site};
use crate::prometheus::Exporter;

/// The endpoint as a `tower` [`Service`], for a server of your own: `axum`'s, or one of `hyper`. Made by
/// [`Exporter::service`]. With the feature `tower`.
///
/// It answers `GET`, `HEAD` and `OPTIONS` of every path that ends in `/metrics` or in `/healthz`, whatever comes before, and all
/// other paths with 404. So it can be mounted anywhere. The body of a request is not read. It never fails, and needs a
/// tokio runtime. Cheap to clone.
///
/// Your server decides how many connections there are, and when they are closed. The memory of the responses is bounded as
/// in the library's own [`server`](Exporter::server).
#[derive(Clone)]
pub struct MetricsService {
    site: Site,
}

impl Exporter {
    /// A `tower` service for your own server. With the feature `tower`.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let service = exporter.service();
    /// // With `axum`: `Router::new().route_service("/metrics", service)`, or `nest_service("/internal", service)`.
    /// # drop(service);
    /// ```
    #[must_use]
    pub fn service(&self) -> MetricsService {
        MetricsService {
            site: Site::new(self),
        }
    }
}

impl<B> Service<Request<B>> for MetricsService {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    /// Always ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let site = self.site.clone();
        let (head, _) = request.into_parts();
        Box::pin(async move {
            let peer = Peer::default();
            let request = RequestHead::new(&head.method, &head.uri, &head.headers, &peer);
            let path = request.path();
            let path = path.strip_suffix('/').unwrap_or(path);
            let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
            Ok(site.answer(&request, Resource::named(name)).await)
        })
    }
}

impl fmt::Debug for MetricsService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsService").finish_non_exhaustive()
    }
}

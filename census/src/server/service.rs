//! The site as a `tower` service.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::{Request, Response};
use tower_service::Service;

use super::ServeError;
use super::access::RequestHead;
use super::builder::ServerBuilder;
use super::peer::Peer;
use super::response::ResponseBody;
#[cfg(feature = "pages")]
use super::site::Pages;
use super::site::{Path, Site};
use crate::prometheus::Exporter;

/// The endpoint as a `tower` [`Service`], for a server of your own: `axum`'s, or one of `hyper`. Made by
/// [`Exporter::service`] and [`ServerBuilder::service`]. With the feature `tower`.
///
/// The last part of a path says what is asked for: `/metrics`, `/healthz` or, with the feature `pages`, a
/// [page](Exporter::page); whatever comes before. So the service can be mounted anywhere. All other paths are answered with 404. The
/// page that says what is here is at the path of the mount, with a `/` at its end. The body of a request is not read. The service
/// never fails, and needs a tokio runtime. Cheap to clone.
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
        let site = Site::new(self);
        #[cfg(feature = "pages")]
        let site = site.with_pages(self, Pages::default());
        MetricsService { site }
    }
}

impl ServerBuilder {
    /// A `tower` service for your own server, with the settings of requests: who may make them, and whether there are pages.
    /// With the feature `tower`.
    ///
    /// ```
    /// use census::prometheus::{Exporter, RequestHead};
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let admits = |request: &RequestHead| request.headers().contains_key("x-from-inside");
    /// let service = exporter.server().authorize(admits).service()?;
    /// # drop(service);
    /// # Ok::<(), census::prometheus::ServeError>(())
    /// ```
    ///
    /// # Errors
    /// If a setting cannot work, or if it is one of connections: `allow`, `tls`, `unix_mode`.
    pub fn service(self) -> Result<MetricsService, ServeError> {
        let site = self.build_mounted()?;
        Ok(MetricsService { site })
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
            Ok(site.answer(&request, Path::Mounted(request.path())).await)
        })
    }
}

impl fmt::Debug for MetricsService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsService").finish_non_exhaustive()
    }
}

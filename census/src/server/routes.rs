//! The `warp` filters that answer requests.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::body::Bytes;
use warp::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode};
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::prometheus::{Exporter, Scrape};

/// Renders a scrape for an `Accept` header. It is a closure, so that tests can have one that is slow or panics.
pub(super) type Scraper = Arc<dyn Fn(Option<&str>) -> Scrape + Send + Sync>;

impl Exporter {
    /// A `warp` filter for your own server: it answers `GET` and `HEAD` of `/metrics`. With the feature `warp`.
    ///
    /// Other methods of that path are answered with 405. Other paths are rejected, which leaves them to your other
    /// routes. `warp::path("internal").and(exporter.warp_filter())` mounts it under another path. Like every `warp`
    /// filter it needs a tokio runtime.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    /// use warp::Filter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!"));
    /// let routes = hello.or(exporter.warp_filter());
    /// // then `warp::serve(routes)`, as usual
    /// # drop(warp::service(routes));
    /// ```
    #[cfg(feature = "warp")]
    #[must_use]
    pub fn warp_filter(
        &self,
    ) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + Send + Sync + use<>
    {
        metrics_route(self.scraper())
    }

    /// The closure that renders this exporter's scrapes.
    pub(super) fn scraper(&self) -> Scraper {
        let exporter = self.clone();
        Arc::new(move |accept| exporter.scrape(accept))
    }
}

/// The routes of the library's own server: `/metrics`, and 404 for every other path.
pub(super) fn server_routes(
    scraper: Scraper,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + use<> {
    let not_found = warp::any().map(|| {
        plain_text(
            StatusCode::NOT_FOUND,
            "There is nothing here. Metrics are at /metrics.\n",
        )
    });
    metrics_route(scraper).or(not_found).unify()
}

/// The route `/metrics`. It rejects other paths.
fn metrics_route(
    scraper: Scraper,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + use<> {
    warp::path("metrics")
        .and(warp::path::end())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(move |method, headers| respond(Arc::clone(&scraper), method, headers))
}

/// The response to a request for `/metrics`.
async fn respond(scraper: Scraper, method: Method, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let mut response = plain_text(
            StatusCode::METHOD_NOT_ALLOWED,
            "Only GET and HEAD are allowed here.\n",
        );
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let accept = accept_header(&headers);
    // Rendering many series takes milliseconds, and a user's collector may take any time. On an async thread, all other
    // tasks of the thread would wait. `spawn_blocking` also turns a panic of a collector into an error.
    let scrape = tokio::task::spawn_blocking(move || scraper(accept.as_deref())).await;
    let response = match scrape {
        Ok(scrape) => exposition(scrape),
        Err(_) => plain_text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The metrics could not be rendered: a collector panicked, or the program is shutting down.\n",
        ),
    };
    if method == Method::HEAD {
        without_body(response)
    } else {
        response
    }
}

/// The request's `Accept`. Several headers of this name are one list (RFC 9110, section 5.3).
fn accept_header(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The response with a scrape's body and content type.
fn exposition(scrape: Scrape) -> Response {
    let status = StatusCode::from_u16(scrape.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = plain_text(status, scrape.body);
    if let Ok(content_type) = HeaderValue::from_str(scrape.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

/// A response of plain text that must not be cached.
fn plain_text(status: StatusCode, body: impl Into<Bytes>) -> Response {
    let body = body.into();
    let length = body.len();
    let mut response = warp::http::Response::new(body).into_response();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CONTENT_LENGTH, length.into());
    // The body is out of date at once, and it depends on `Accept`.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The response to a `HEAD`: the headers of the `GET`, its length included. Hyper omits the body by itself, but the
/// filter may be mounted in a server that does not.
fn without_body(response: Response) -> Response {
    let (parts, _) = response.into_parts();
    let (_, empty) = warp::reply().into_response().into_parts();
    Response::from_parts(parts, empty)
}

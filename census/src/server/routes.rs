//! The answers, as `warp` filters.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::body::Bytes;
use warp::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode};
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::prometheus::{Exporter, Scrape};

/// What renders a scrape for an `Accept` header. A closure, so that tests can have a slow one, or one that panics.
pub(super) type Scraper = Arc<dyn Fn(Option<&str>) -> Scrape + Send + Sync>;

impl Exporter {
    /// A `warp` filter for a server of your own: answers `GET` and `HEAD` of `/metrics`.
    ///
    /// Other methods of that path are answered with 405; other paths are rejected, and left to your other routes.
    /// Mount it under a path of your choice with `warp::path("internal").and(exporter.warp_filter())`. It is to be served
    /// on a tokio runtime, as `warp` always is.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    /// use warp::Filter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!"));
    /// let routes = hello.or(exporter.warp_filter());
    /// // then `warp::serve(routes)`, as ever
    /// # drop(warp::service(routes));
    /// ```
    #[must_use]
    pub fn warp_filter(
        &self,
    ) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + Send + Sync + use<>
    {
        metrics(self.scraper())
    }

    pub(super) fn scraper(&self) -> Scraper {
        let exporter = self.clone();
        Arc::new(move |accept| exporter.scrape(accept))
    }
}

/// All that our own server answers.
pub(super) fn site(
    scraper: Scraper,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + use<> {
    let elsewhere = warp::any().map(|| {
        text(
            StatusCode::NOT_FOUND,
            "There is nothing here. Metrics are at /metrics.\n",
        )
    });
    metrics(scraper).or(elsewhere).unify()
}

fn metrics(
    scraper: Scraper,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + use<> {
    warp::path("metrics")
        .and(warp::path::end())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(move |method, headers| answer(Arc::clone(&scraper), method, headers))
}

async fn answer(scraper: Scraper, method: Method, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let mut refused = text(
            StatusCode::METHOD_NOT_ALLOWED,
            "Only GET and HEAD are allowed here.\n",
        );
        refused
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    let accept = accept(&headers);
    // Rendering many series takes milliseconds, and users' own collectors take what they like: on an async thread,
    // everything else that runs there would wait. It also turns a panic of theirs into an answer.
    let scrape = tokio::task::spawn_blocking(move || scraper(accept.as_deref())).await;
    let response = match scrape {
        Ok(scrape) => exposition(scrape),
        Err(_) => text(
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

/// The request's `Accept`: several lines of a header are one list.
fn accept(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn exposition(scrape: Scrape) -> Response {
    let status = StatusCode::from_u16(scrape.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = text(status, scrape.body);
    if let Ok(content_type) = HeaderValue::from_str(scrape.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

/// An answer, of plain text until said otherwise.
fn text(status: StatusCode, body: impl Into<Bytes>) -> Response {
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
    // It is true for a moment only, and depends on `Accept`.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to a `HEAD`: the headers of the `GET`, its length included. Hyper would leave the body out by itself, but
/// not every server that the filter may be mounted in.
fn without_body(response: Response) -> Response {
    let (parts, _) = response.into_parts();
    let (_, empty) = warp::reply().into_response().into_parts();
    Response::from_parts(parts, empty)
}

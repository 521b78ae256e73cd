//! The answers to requests.

use std::pin::Pin;
use std::sync::Arc;

use hyper::header::HeaderValue;
use hyper::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use hyper::{Method, Response, StatusCode};

use super::access::{Access, RequestHead};
use super::bodies::Bodies;
use super::response::ResponseBody;
use crate::prometheus::{Exporter, Scrape};

/// Renders a scrape for an `Accept` header. It is a closure, so that tests can have one that is slow or fails.
///
/// The future does not block its thread, and waits for nothing more once it is dropped.
pub(super) type Scraper = Arc<dyn Fn(Option<String>) -> Scraping + Send + Sync>;

pub(super) type Scraping = Pin<Box<dyn Future<Output = Scrape> + Send>>;

/// The metrics at `/metrics`. Cheap to clone.
#[derive(Clone)]
pub(super) struct Site {
    access: Access,
    scraper: Scraper,
    bodies: Arc<Bodies>,
}

impl Site {
    /// The site of an exporter, whose bodies count among those of the process.
    pub(super) fn new(exporter: &Exporter) -> Self {
        let exporter = exporter.clone();
        Self::with_scraper(
            Arc::new(move |accept| Box::pin(render(exporter.clone(), accept))),
            Bodies::of_process(),
        )
    }

    pub(super) fn with_scraper(scraper: Scraper, bodies: Arc<Bodies>) -> Self {
        Self {
            access: Access::default(),
            scraper,
            bodies,
        }
    }

    /// The same site for those clients only that `access` admits.
    pub(super) fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// The answer of the library's own server: the metrics at `/metrics`, and 404 for every other path.
    pub(super) async fn answer(&self, request: &RequestHead<'_>) -> Response<ResponseBody> {
        // Before the path is looked at, so that a refused client does not learn which paths there are. Only what is open
        // to everybody may be answered before.
        if let Err(denied) = self.access.check(request).await {
            let mut response = plain_text(denied.status(), denied.text());
            denied.add_headers(response.headers_mut());
            return response;
        }
        let path = request.path();
        if path.strip_suffix('/').unwrap_or(path) == "/metrics" {
            self.metrics(request.method(), request.headers()).await
        } else {
            plain_text(
                StatusCode::NOT_FOUND,
                "There is nothing here. Metrics are at /metrics.\n",
            )
        }
    }

    /// The answer to a request for the metrics.
    pub(super) async fn metrics(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Response<ResponseBody> {
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
        let response = self.exposition((self.scraper)(accept_header(headers)).await);
        if method == Method::HEAD {
            // The headers of the `GET`, its length included. Hyper omits the body by itself, but the filter may be
            // mounted in a server that does not.
            response.map(|_| ResponseBody::empty())
        } else {
            response
        }
    }

    /// The response with a scrape's body and content type.
    fn exposition(&self, scrape: Scrape) -> Response<ResponseBody> {
        let status =
            StatusCode::from_u16(scrape.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = HeaderValue::from_static(scrape.content_type);
        let body = ResponseBody::exposition(scrape.body, &self.bodies);
        response(status, content_type, body)
    }
}

/// A scrape of the exporter, which is answered without an exposition after the exporter's deadline.
async fn render(exporter: Exporter, accept: Option<String>) -> Scrape {
    let rendering = exporter.render(accept.as_deref());
    tokio::time::timeout(exporter.deadline(), rendering)
        .await
        .unwrap_or_else(|_| exporter.late())
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

fn plain_text(status: StatusCode, text: &'static str) -> Response<ResponseBody> {
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response(status, content_type, ResponseBody::text(text))
}

/// A response that must not be cached.
fn response(
    status: StatusCode,
    content_type: HeaderValue,
    body: ResponseBody,
) -> Response<ResponseBody> {
    let length = body.length();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(CONTENT_LENGTH, length.into());
    // The body is out of date at once, and it depends on `Accept`.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

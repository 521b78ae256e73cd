//! The answers to requests.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER,
    VARY,
};
use hyper::{Method, Response, StatusCode};

use super::access::{Access, RequestHead};
use super::bodies::Bodies;
use super::response::ResponseBody;
use super::scrape::scrape_request;
use crate::prometheus::{Exporter, Scrape, ScrapeRequest};

/// Renders a scrape. It is a closure, so that tests can have one that is slow or fails.
///
/// The future does not block its thread, and waits for nothing more once it is dropped.
pub(super) type Scraper = Arc<dyn Fn(ScrapeRequest) -> Scraping + Send + Sync>;

pub(super) type Scraping = Pin<Box<dyn Future<Output = Scrape> + Send>>;

/// The paths that are answered, and what is there. Cheap to clone.
#[derive(Clone)]
pub(super) struct Site {
    access: Access,
    scraper: Scraper,
    bodies: Arc<Bodies>,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// The exposition.
    Metrics,
    /// Whether the server answers.
    Health,
}

impl Resource {
    /// The resource with this name; `name` is the last part of a path.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "metrics" => Some(Self::Metrics),
            "healthz" => Some(Self::Health),
            _ => None,
        }
    }
}

const METHODS: &str = "GET, HEAD, OPTIONS";

impl Site {
    /// The site of an exporter, whose bodies count among those of the process.
    pub(super) fn new(exporter: &Exporter) -> Self {
        let exporter = exporter.clone();
        Self::with_scraper(
            Arc::new(move |request| Box::pin(render(exporter.clone(), request))),
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

    /// The answer to a request for a resource; `None` is a path at which there is nothing.
    pub(super) async fn answer(
        &self,
        request: &RequestHead<'_>,
        resource: Option<Resource>,
    ) -> Response<ResponseBody> {
        // Before anything else, so that a refused client does not learn which paths there are. Only what is open to everybody
        // is answered before.
        if resource != Some(Resource::Health)
            && let Err(denied) = self.access.check(request).await
        {
            let mut response = plain_text(denied.status(), denied.text());
            denied.add_headers(response.headers_mut());
            return response;
        }
        let Some(resource) = resource else {
            let text = "There is nothing here. Metrics are at /metrics.\n";
            return plain_text(StatusCode::NOT_FOUND, text);
        };
        let method = request.method();
        if let Some(response) = check_method(method) {
            return response;
        }
        let response = match resource {
            Resource::Metrics => {
                let request =
                    scrape_request(request.query().unwrap_or_default(), request.headers());
                self.exposition((self.scraper)(request).await)
            }
            Resource::Health => plain_text(StatusCode::OK, "ok\n"),
        };
        if method == Method::HEAD {
            // The headers of the `GET`, its length included. Hyper omits the body by itself, but the site may be
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
        let mut response = response(status, content_type, body);
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
        if let Some(encoding) = scrape.content_encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The answer to a request whose method says all; `None` if it asks for what is there.
fn check_method(method: &Method) -> Option<Response<ResponseBody>> {
    let mut response = if method == Method::GET || method == Method::HEAD {
        return None;
    } else if method == Method::OPTIONS {
        let mut response = Response::new(ResponseBody::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    } else {
        plain_text(
            StatusCode::METHOD_NOT_ALLOWED,
            "Only GET, HEAD and OPTIONS are allowed here.\n",
        )
    };
    let allowed = HeaderValue::from_static(METHODS);
    response.headers_mut().insert(ALLOW, allowed);
    Some(response)
}

/// A scrape of the exporter. It is answered without an exposition after the exporter's deadline, or shortly before the scraper
/// gives up. The rendering goes on, for the scrapes that share it.
async fn render(exporter: Exporter, request: ScrapeRequest) -> Scrape {
    let timeout = request.timeout.unwrap_or(Duration::MAX);
    let timeout = timeout.min(exporter.deadline());
    tokio::time::timeout(timeout, exporter.render(&request))
        .await
        .unwrap_or_else(|_| exporter.late(&request))
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
    // The body is out of date at once.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

//! The answers to requests.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "pages")]
use hyper::header::HeaderName;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER,
    VARY,
};
use hyper::{Method, Response, StatusCode};

use super::access::{Access, RequestHead};
use super::bodies::Bodies;
use super::response::ResponseBody;
use super::scrape::scrape_request;
#[cfg(feature = "pages")]
use crate::pages::{Links, Page, PageKind};
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
    #[cfg(feature = "pages")]
    pages: Option<Pager>,
}

/// An extension of the answers to those whom [`Access`] has admitted. The health check is open to everybody, so its answers
/// lack it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// The exposition.
    Metrics,
    /// Whether the server answers.
    Health,
    /// A page for people.
    #[cfg(feature = "pages")]
    Page(PageKind),
}

/// The part of a path that names a resource.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'a> {
    /// The whole path, of the library's own server.
    Whole(&'a str),
    /// A path that may have anything before the name, because somebody has mounted the site there.
    Mounted(&'a str),
}

impl<'a> Path<'a> {
    /// The name of the resource, with a `/` before it; a `/` alone names the folder. `None` if nothing has such a path.
    fn name(self) -> Option<&'a str> {
        match self {
            Self::Whole(path) => Some(path),
            Self::Mounted(path) => path.rfind('/').and_then(|start| path.get(start..)),
        }
    }

    /// The same path without the `/` at its end.
    fn without_slash(self) -> Self {
        let without = |path: &'a str| path.strip_suffix('/').unwrap_or(path);
        match self {
            Self::Whole(path) => Self::Whole(without(path)),
            Self::Mounted(path) => Self::Mounted(without(path)),
        }
    }
}

/// The pages of an exporter.
#[cfg(feature = "pages")]
#[derive(Clone)]
struct Pager {
    exporter: Exporter,
    /// Whether there are no metrics beside them.
    only: bool,
}

/// Whether a server has pages for people. With the feature `pages`.
///
/// The pages have the same access as the metrics. They are described at [`Exporter::page`].
#[cfg(feature = "pages")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pages {
    /// Beside the metrics.
    #[default]
    On,
    /// There are none.
    Off,
    /// There are no metrics beside them. So a second server of the same exporter has the pages at another address, with an access
    /// of its own.
    Only,
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
            #[cfg(feature = "pages")]
            pages: None,
        }
    }

    /// The same site with or without pages.
    #[cfg(feature = "pages")]
    pub(super) fn with_pages(self, exporter: &Exporter, pages: Pages) -> Self {
        let pages = (pages != Pages::Off).then(|| Pager {
            exporter: exporter.clone(),
            only: pages == Pages::Only,
        });
        Self { pages, ..self }
    }

    /// What is at a path.
    #[cfg_attr(
        not(feature = "pages"),
        expect(clippy::unused_self, reason = "pages may be off")
    )]
    fn resource(&self, path: Path<'_>) -> Option<Resource> {
        #[cfg(feature = "pages")]
        if let Some(pages) = &self.pages {
            if let Some(kind) = path.name().and_then(PageKind::at) {
                return Some(Resource::Page(kind));
            }
            if pages.only && path.without_slash().name() == Some("/metrics") {
                return None;
            }
        }
        match path.without_slash().name()? {
            "/metrics" => Some(Resource::Metrics),
            "/healthz" => Some(Resource::Health),
            _ => None,
        }
    }

    /// The same site for those clients only that `access` admits.
    pub(super) fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// The answer to a request for what is at a path.
    pub(super) async fn answer(
        &self,
        request: &RequestHead<'_>,
        path: Path<'_>,
    ) -> Response<ResponseBody> {
        let resource = self.resource(path);
        // Before anything else, so that a refused client does not learn which paths there are. Only what is open to everybody
        // is answered before.
        if resource != Some(Resource::Health)
            && let Err(denied) = self.access.check(request).await
        {
            let mut response = plain_text(denied.status(), denied.text());
            denied.add_headers(response.headers_mut());
            return response;
        }
        let mut response = self.answer_admitted(request, resource).await;
        if resource != Some(Resource::Health) {
            response.extensions_mut().insert(Admitted);
        }
        response
    }

    /// The answer to a request for what is at a path, of a client that may make it.
    async fn answer_admitted(
        &self,
        request: &RequestHead<'_>,
        resource: Option<Resource>,
    ) -> Response<ResponseBody> {
        let Some(resource) = resource else {
            return self.nothing_here();
        };
        let method = request.method();
        if let Some(response) = check_method(method) {
            return response;
        }
        let response = match resource {
            Resource::Metrics => {
                let client = request.network();
                let scrape = scrape_request(request.query().unwrap_or_default(), request.headers());
                let request = ScrapeRequest { client, ..scrape };
                self.exposition((self.scraper)(request).await)
            }
            Resource::Health => plain_text(StatusCode::OK, "ok\n"),
            #[cfg(feature = "pages")]
            Resource::Page(kind) => self.page(kind, request).await,
        };
        if method == Method::HEAD {
            // The headers of the `GET`, its length included. Hyper omits the body by itself, but the site may be
            // mounted in a server that does not.
            response.map(|_| ResponseBody::empty())
        } else {
            response
        }
    }

    #[cfg(feature = "pages")]
    async fn page(&self, kind: PageKind, request: &RequestHead<'_>) -> Response<ResponseBody> {
        let Some(pages) = &self.pages else {
            return self.nothing_here();
        };
        let query = request.query().unwrap_or_default().to_owned();
        let mut links = Links::default();
        if pages.only {
            links.metrics = None;
        }
        let page = pages
            .exporter
            .page_for_server(kind, query, links, request.network());
        let page = match page.await {
            Ok(page) => page,
            Err(failed) => return self.exposition(failed),
        };
        let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
        let content_type = HeaderValue::from_static(page.content_type);
        let body = ResponseBody::exposition(page.body.into(), &self.bodies);
        let mut response = response(status, content_type, body);
        for (name, value) in Page::headers() {
            let name = HeaderName::from_static(name);
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }

    #[cfg_attr(
        not(feature = "pages"),
        expect(clippy::unused_self, reason = "the text says where pages are")
    )]
    fn nothing_here(&self) -> Response<ResponseBody> {
        #[cfg(feature = "pages")]
        if self.pages.is_some() {
            let text = "There is nothing here. The page at / says what there is.\n";
            return plain_text(StatusCode::NOT_FOUND, text);
        }
        let text = "There is nothing here. Metrics are at /metrics.\n";
        plain_text(StatusCode::NOT_FOUND, text)
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

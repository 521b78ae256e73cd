//! A server of a user's own, for an exporter's pages.

use std::net::SocketAddr;

use census::prometheus::{Exporter, Page};
use tokio::runtime::Runtime;
use warp::Filter as _;
use warp::http::{Response, StatusCode};

/// A server that stops when it is dropped.
pub(crate) struct Site {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Site {
    pub(crate) fn of(exporter: Exporter) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let query =
            warp::query::raw().or_else(|_| async { Ok::<_, warp::Rejection>((String::new(),)) });
        let routes =
            warp::path::full()
                .and(query)
                .then(move |path: warp::path::FullPath, query: String| {
                    let exporter = exporter.clone();
                    async move {
                        let path = format!("{}?{query}", path.as_str());
                        let page = tokio::task::spawn_blocking(move || exporter.page(&path));
                        response(page.await.expect("a page"))
                    }
                });
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("an address");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(warp::serve(routes).incoming(listener).run());
        Self {
            address,
            _runtime: runtime,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn response(page: Option<Page>) -> Response<String> {
    let Some(page) = page else {
        let mut response = Response::new(String::new());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let headers = Page::headers()
        .iter()
        .copied()
        .chain([("content-type", page.content_type)]);
    let response = headers.fold(
        Response::builder().status(page.status),
        |response, (name, value)| response.header(name, value),
    );
    response.body(page.body).expect("a response")
}

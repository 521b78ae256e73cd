//! `reqwest`'s client with a layer around.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Redirect;
use axum::routing::{any, get};
use bytes::Bytes;
use census::AnyView;
use census_http::reqwest::MeasuredClient;
use census_http::views::{
    CLIENT_ACTIVE_REQUESTS, CLIENT_REQUEST_BODY_SIZE, CLIENT_REQUEST_DURATION,
    CLIENT_RESPONSE_BODY_SIZE,
};
use census_tests::changes::Changes;
use futures_util::StreamExt as _;
use http::{Method, StatusCode};
use reqwest::{Client, Request, Response};
use tokio::net::TcpListener;

const SENT: &dyn AnyView = &CLIENT_REQUEST_DURATION;
const SENDING: &dyn AnyView = &CLIENT_ACTIVE_REQUESTS;

const SOON: Duration = Duration::from_millis(20);

fn begin() -> Changes {
    census_http::CLIENT_VIEWS.register().unwrap();
    census_http::CLIENT_VIEWS_IN_DEVELOPMENT.register().unwrap();
    Changes::begin()
}

/// A stream of pieces, and then of nothing if it is stuck.
fn pieces(stuck: bool) -> Body {
    let pieces = futures_util::stream::iter(["12", "345"]).map(Ok::<_, std::io::Error>);
    if stuck {
        Body::from_stream(pieces.chain(futures_util::stream::pending()))
    } else {
        Body::from_stream(pieces)
    }
}

async fn serve() -> SocketAddr {
    let app = Router::new()
        .route("/full", get(async || "12345"))
        .route("/stream", get(async || pieces(false)))
        .route("/stuck", any(async || std::future::pending::<()>().await))
        .route("/stuck-body", get(async || pieces(true)))
        .route("/redirect", any(async || Redirect::temporary("/echo")))
        .route("/loop", get(async || Redirect::temporary("/loop")))
        .route(
            "/status/{code}",
            get(async |path: axum::extract::Path<u16>| StatusCode::from_u16(path.0).unwrap()),
        )
        .route(
            "/echo",
            any(async |request: axum::extract::Request| {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                let head = (parts.method, parts.uri, parts.version, parts.headers);
                format!("{head:?} {body:?}")
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// A server, a plain client, and a measured one.
struct Peers {
    server: SocketAddr,
    plain: Client,
    measured: MeasuredClient,
}

impl Peers {
    async fn start() -> Self {
        Self::with(Client::new()).await
    }

    async fn with(plain: Client) -> Self {
        let server = serve().await;
        let layer = census_http::client().servers([server.to_string()]);
        let measured = MeasuredClient::new(plain.clone(), layer);
        Self {
            server,
            plain,
            measured,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server)
    }

    fn get(&self, path: &str) -> Request {
        self.plain.get(self.url(path)).build().unwrap()
    }

    async fn execute(&self, path: &str) -> reqwest::Result<Response> {
        self.measured.execute(self.get(path)).await
    }

    /// A row of a view: `GET … 200 - 1`, with the address and port of the server.
    fn row(&self, method: &str, rest: &str) -> String {
        format!("{method} 127.0.0.1 {} {rest}", self.server.port())
    }
}

#[tokio::test]
async fn requests_are_measured_to_the_end_of_their_bodies() {
    let changes = begin();
    let peers = Peers::start().await;
    let response = peers.execute("/full").await.unwrap();
    assert_eq!(changes.of(SENDING), [peers.row("GET", "1")]);
    assert_eq!(changes.of(SENT), [""; 0]);
    assert_eq!(response.text().await.unwrap(), "12345");
    assert_eq!(changes.of(SENT), [peers.row("GET", "200 - 1")]);
    assert_eq!(changes.of(SENDING), [""; 0]);
    assert_eq!(
        changes.of_sums(&CLIENT_RESPONSE_BODY_SIZE),
        [peers.row("GET", "200 - 5")]
    );
    assert_eq!(
        changes.of(&CLIENT_REQUEST_BODY_SIZE),
        [peers.row("GET", "200 - 1")]
    );

    let mut response = peers.execute("/stream").await.unwrap();
    assert_eq!(response.content_length(), None);
    let mut read = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        assert_eq!(changes.of(SENT), [peers.row("GET", "200 - 1")]);
        read.extend(chunk);
    }
    assert_eq!(read, b"12345");
    assert_eq!(changes.of(SENT), [peers.row("GET", "200 - 2")]);
    let stream = peers.execute("/stream").await.unwrap().bytes_stream();
    let read: Vec<Bytes> = stream.map(Result::unwrap).collect().await;
    assert_eq!(read.concat(), b"12345");
    assert_eq!(changes.of(SENT), [peers.row("GET", "200 - 3")]);
}

type Make<'a> = Box<dyn Fn() -> Request + 'a>;

#[tokio::test]
async fn a_server_sees_the_same_request() {
    let changes = begin();
    let peers = Peers::start().await;
    let echo = || peers.url("/echo?a=b%20c&d");
    let stream = || {
        let pieces = ["12", "345"].map(Ok::<_, std::io::Error>);
        reqwest::Body::wrap_stream(futures_util::stream::iter(pieces))
    };
    let plain = &peers.plain;
    let requests: [Make<'_>; 7] = [
        Box::new(|| plain.get(echo()).build().unwrap()),
        Box::new(|| plain.delete(echo()).header("x", "y").build().unwrap()),
        Box::new(|| plain.post(echo()).build().unwrap()),
        Box::new(|| plain.post(echo()).body("").build().unwrap()),
        Box::new(|| plain.post(echo()).body("12345").build().unwrap()),
        Box::new(|| plain.put(echo()).body(stream()).build().unwrap()),
        Box::new(|| {
            plain
                .get(echo())
                .basic_auth("user", Some("word"))
                .build()
                .unwrap()
        }),
    ];
    for request in &requests {
        let expected = plain
            .execute(request())
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let measured = peers.measured.execute(request()).await.unwrap();
        assert_eq!(measured.text().await.unwrap(), expected);
    }
    assert_eq!(
        changes.of(SENT),
        [
            peers.row("DELETE", "200 - 1"),
            peers.row("GET", "200 - 2"),
            peers.row("POST", "200 - 3"),
            peers.row("PUT", "200 - 1"),
        ]
    );
}

#[tokio::test]
async fn a_client_sees_the_same_response() {
    let _alone = begin();
    let peers = Peers::start().await;
    for path in [
        "/full",
        "/stream",
        "/redirect?x=1",
        "/status/204",
        "/status/500",
        "/full#fragment",
    ] {
        let plain = peers.plain.execute(peers.get(path)).await.unwrap();
        let measured = peers.execute(path).await.unwrap();
        assert_eq!(measured.url(), plain.url());
        assert_eq!(measured.status(), plain.status());
        assert_eq!(measured.version(), plain.version());
        assert_eq!(measured.headers(), plain.headers());
        assert_eq!(measured.content_length(), plain.content_length());
        assert_eq!(measured.remote_addr(), plain.remote_addr());
        let (measured, plain) = (measured.error_for_status(), plain.error_for_status());
        match (measured, plain) {
            (Ok(measured), Ok(plain)) => {
                assert_eq!(
                    measured.bytes().await.unwrap(),
                    plain.bytes().await.unwrap()
                );
            }
            (Err(measured), Err(plain)) => assert_eq!(measured.to_string(), plain.to_string()),
            (measured, plain) => panic!("{measured:?} is not {plain:?}"),
        }
    }
}

#[tokio::test]
async fn a_redirect_is_one_request() {
    let changes = begin();
    let peers = Peers::start().await;
    let response = peers.execute("/redirect").await.unwrap();
    assert_eq!(response.url().as_str(), peers.url("/echo"));
    response.bytes().await.unwrap();
    assert_eq!(changes.of(SENT), [peers.row("GET", "200 - 1")]);
    // A body that can be sent again is.
    let post = peers
        .plain
        .post(peers.url("/redirect"))
        .body("again")
        .build()
        .unwrap();
    let response = peers.measured.execute(post).await.unwrap();
    let echoed = response.text().await.unwrap();
    assert!(
        echoed.starts_with("(POST, /echo") && echoed.ends_with(r#"b"again""#),
        "{echoed}"
    );
    let error = peers.execute("/loop").await.unwrap_err();
    assert!(error.is_redirect());
    assert_eq!(
        changes.of(SENT),
        [
            peers.row("GET", "- service_error 1"),
            peers.row("GET", "200 - 1"),
            peers.row("POST", "200 - 1"),
        ]
    );
    assert_eq!(changes.of(SENDING), [""; 0]);
}

#[tokio::test]
async fn a_status_from_400_on_is_an_error() {
    let changes = begin();
    let peers = Peers::start().await;
    for code in [302, 400, 404, 503] {
        let response = peers.execute(&format!("/status/{code}")).await.unwrap();
        response.bytes().await.unwrap();
    }
    assert_eq!(
        changes.of(SENT),
        ["302 - 1", "400 400 1", "404 404 1", "503 503 1"].map(|rest| peers.row("GET", rest))
    );
}

#[tokio::test]
async fn a_connection_that_is_refused_is_a_service_error() {
    let changes = begin();
    let peers = Peers::start().await;
    let refused = peers.plain.get("http://127.0.0.1:1/path").build().unwrap();
    let error = peers.measured.execute(refused).await.unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.url().unwrap().as_str(), "http://127.0.0.1:1/path");
    assert_eq!(changes.of(SENT), ["GET _OTHER - - service_error 1"]);
    // What is no request is none.
    let no_http = Request::new(Method::GET, "mailto:a@example.com".parse().unwrap());
    peers.measured.execute(no_http).await.unwrap_err();
    assert_eq!(changes.of(SENDING), [""; 0]);
}

#[tokio::test]
async fn timeouts_are_errors_before_the_response_and_in_its_body() {
    let changes = begin();
    let peers = Peers::with(Client::builder().timeout(SOON).build().unwrap()).await;
    let error = peers.execute("/stuck").await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(changes.of(SENT), [peers.row("GET", "- service_error 1")]);
    let response = peers.execute("/stuck-body").await.unwrap();
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(
        changes.of(SENT),
        [
            peers.row("GET", "- service_error 1"),
            peers.row("GET", "200 body_error 1")
        ]
    );
    drop(changes);

    // A timeout of the request's own.
    let changes = begin();
    let peers = Peers::start().await;
    let request = peers
        .plain
        .get(peers.url("/stuck"))
        .timeout(SOON)
        .build()
        .unwrap();
    let error = peers.measured.execute(request).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(changes.of(SENT), [peers.row("GET", "- service_error 1")]);
    drop(changes);

    // One around the client cancels.
    let changes = begin();
    assert!(
        tokio::time::timeout(SOON, peers.execute("/stuck"))
            .await
            .is_err()
    );
    let response = peers.execute("/stuck-body").await.unwrap();
    assert!(tokio::time::timeout(SOON, response.bytes()).await.is_err());
    assert_eq!(
        changes.of(SENT),
        [
            peers.row("GET", "- cancelled 1"),
            peers.row("GET", "200 cancelled 1")
        ]
    );
    assert_eq!(changes.of(SENDING), [""; 0]);
}

#[tokio::test]
async fn a_response_that_is_dropped_unread_is_cancelled() {
    let changes = begin();
    let peers = Peers::start().await;
    let response = peers.execute("/full").await.unwrap();
    assert_eq!(response.status(), 200);
    drop(response);
    let mut response = peers.execute("/stuck-body").await.unwrap();
    response.chunk().await.unwrap();
    drop(response);
    assert_eq!(changes.of(SENT), [peers.row("GET", "200 cancelled 2")]);
    // There is nothing to read of these.
    let head = peers.plain.head(peers.url("/full")).build().unwrap();
    drop(peers.measured.execute(head).await.unwrap());
    drop(peers.execute("/status/204").await.unwrap());
    assert_eq!(
        changes.of(SENT),
        [
            peers.row("GET", "200 cancelled 2"),
            peers.row("GET", "204 - 1"),
            peers.row("HEAD", "200 - 1"),
        ]
    );
}

#[tokio::test]
async fn what_the_inner_client_sends_is_not_measured() {
    let changes = begin();
    let peers = Peers::start().await;
    let inner = peers.measured.inner().get(peers.url("/full"));
    inner.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(changes.of(SENT), [""; 0]);
}

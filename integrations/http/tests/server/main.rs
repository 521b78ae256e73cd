//! Real connections: an axum service under hyper, and clients that speak HTTP by hand, hyper's HTTP/2 and web sockets.

#![expect(clippy::panic, reason = "a helper fails the test")]
#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

mod wire;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use bytes::Bytes;
use census::AnyView;
use census_http::views::{
    SERVER_ACTIVE_REQUESTS, SERVER_REQUEST_BODY_SIZE, SERVER_REQUEST_DURATION,
    SERVER_RESPONSE_BODY_SIZE,
};
use census_tests::PATIENCE;
use census_tests::changes::Changes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, StreamBody};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use wire::{Connection, serve};

const DURATION: &dyn AnyView = &SERVER_REQUEST_DURATION;
const ACTIVE: &dyn AnyView = &SERVER_ACTIVE_REQUESTS;
const SENT: &dyn AnyView = &SERVER_RESPONSE_BODY_SIZE;
const RECEIVED: &dyn AnyView = &SERVER_REQUEST_BODY_SIZE;

fn begin() -> Changes {
    census_http::SERVER_VIEWS.register().unwrap();
    census_http::SERVER_VIEWS_IN_DEVELOPMENT.register().unwrap();
    Changes::begin()
}

/// Waits until no request is active, so that the server has noticed what the client did.
async fn until_idle(changes: &Changes) {
    until(|| changes.of(ACTIVE).is_empty()).await;
}

async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .expect("the server notices it");
}

type Piece = Result<Frame<Bytes>, std::io::Error>;

#[expect(clippy::unnecessary_wraps, reason = "a stream is of results")]
fn data(text: &'static str) -> Piece {
    Ok(Frame::data(Bytes::from(text)))
}

/// A body of unknown length.
fn stream(pieces: Vec<Piece>) -> Body {
    // The server sends each before it asks for the next.
    let pieces = futures_util::stream::iter(pieces).then(async |piece| {
        tokio::task::yield_now().await;
        piece
    });
    Body::new(StreamBody::new(Box::pin(pieces)))
}

/// A body of unknown length that goes on for ever.
fn endless() -> Body {
    let ticks = futures_util::stream::repeat(()).then(async |()| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        data("tick")
    });
    Body::new(StreamBody::new(Box::pin(ticks)))
}

fn with_length(length: &'static str, body: Body) -> Response {
    ([(header::CONTENT_LENGTH, length)], body).into_response()
}

async fn stuck() {
    std::future::pending::<()>().await;
}

/// Lets the handler of `/held` answer.
static RELEASED: tokio::sync::Notify = tokio::sync::Notify::const_new();

fn app() -> Router {
    let trailers = || {
        let value = HeaderValue::from_static("1");
        Ok(Frame::trailers(HeaderMap::from_iter([(
            header::HeaderName::from_static("x-sum"),
            value,
        )])))
    };
    let broken = || Err(std::io::Error::other("broken"));
    Router::new()
        .route(
            "/full",
            get(async || "12345").post(async |body: Bytes| body.len().to_string()),
        )
        .route(
            "/length",
            get(async || with_length("5", stream(vec![data("123"), data("45")]))),
        )
        .route(
            "/chunked",
            get(async || stream(vec![data("123"), data("45"), data("6")])),
        )
        .route(
            "/trailers",
            get(async move || {
                (
                    [(header::TRAILER, "x-sum")],
                    stream(vec![data("123"), trailers()]),
                )
            }),
        )
        .route(
            "/broken",
            get(async move || stream(vec![data("123"), broken()])),
        )
        .route(
            "/broken-length",
            get(async move || with_length("9", stream(vec![data("123"), broken()]))),
        )
        .route(
            "/short",
            get(async || with_length("9", stream(vec![data("123")]))),
        )
        .route(
            "/status/{code}",
            get(async |path: axum::extract::Path<u16>| StatusCode::from_u16(path.0).unwrap()),
        )
        .route("/stuck", any(stuck))
        .route("/held", get(async || RELEASED.notified().await))
        .route("/endless", get(async || endless()))
        .route(
            "/upload",
            post(async |body: Body| {
                let mut taken = body.into_data_stream();
                let first = taken.next().await.unwrap().unwrap();
                first.len().to_string()
            }),
        )
        .route(
            "/ws",
            any(async |upgrade: WebSocketUpgrade| {
                upgrade.on_upgrade(async |mut socket| {
                    while let Some(Ok(message @ Message::Text(_))) = socket.recv().await {
                        socket.send(message).await.unwrap();
                    }
                })
            }),
        )
        .route(
            "/by-hand",
            get(async |request: axum::extract::Request| {
                let upgrade = hyper::upgrade::on(request);
                tokio::spawn(async {
                    let mut io = TokioIo::new(upgrade.await.unwrap());
                    tokio::io::AsyncWriteExt::write_all(&mut io, b"other protocol")
                        .await
                        .unwrap();
                });
                (
                    StatusCode::SWITCHING_PROTOCOLS,
                    [(header::CONNECTION, "upgrade"), (header::UPGRADE, "other")],
                )
            }),
        )
}

fn panicking() -> Router {
    Router::new()
        .route("/panics", get(async || -> &str { panic!("on purpose") }))
        .route(
            "/panics-later",
            get(async || -> &str {
                tokio::task::yield_now().await;
                panic!("on purpose")
            }),
        )
        .route(
            "/panics-in-body",
            get(async || {
                let pieces = futures_util::stream::iter([1, 2]).map(|piece| {
                    assert_eq!(piece, 1, "on purpose");
                    data("123")
                });
                Body::new(StreamBody::new(pieces))
            }),
        )
}

fn measured() -> Router {
    app().merge(panicking()).layer(census_http::server())
}

async fn connect() -> Connection {
    Connection::to(serve(measured()).await).await
}

#[tokio::test]
async fn bodies_are_over_when_hyper_has_taken_the_last_byte() {
    let changes = begin();
    let mut connection = connect().await;
    for (path, body) in [
        ("/full", "12345"),
        ("/length", "12345"),
        ("/chunked", "3\r\n123\r\n2\r\n45\r\n1\r\n6\r\n0\r\n\r\n"),
        ("/trailers", "3\r\n123\r\n0\r\nx-sum: 1\r\n\r\n"),
    ] {
        connection
            .send(&format!(
                "GET {path} HTTP/1.1\r\nhost: a\r\nte: trailers\r\n\r\n"
            ))
            .await;
        let response = connection.receive(body).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    }
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /chunked 200 - 1",
            "GET http /full 200 - 1",
            "GET http /length 200 - 1",
            "GET http /trailers 200 - 1",
        ]
    );
    assert_eq!(
        changes.of_sums(SENT),
        [
            "GET http /chunked 200 - 6",
            "GET http /full 200 - 5",
            "GET http /length 200 - 5",
            "GET http /trailers 200 - 3",
        ]
    );
}

#[tokio::test]
async fn responses_without_bodies_are_over() {
    let changes = begin();
    let mut connection = connect().await;
    for (line, status) in [
        ("HEAD /full", "200 OK"),
        ("HEAD /length", "200 OK"),
        ("HEAD /chunked", "200 OK"),
        ("HEAD /endless", "200 OK"),
        ("GET /status/204", "204 No Content"),
        ("GET /status/304", "304 Not Modified"),
        ("GET /status/200", "200 OK"),
    ] {
        connection
            .send(&format!("{line} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        let response = connection.receive("\r\n\r\n").await;
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{response}"
        );
    }
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /status/{code} 200 - 1",
            "GET http /status/{code} 204 - 1",
            "GET http /status/{code} 304 - 1",
            "HEAD http /chunked 200 - 1",
            "HEAD http /endless 200 - 1",
            "HEAD http /full 200 - 1",
            "HEAD http /length 200 - 1",
        ]
    );
}

#[tokio::test]
async fn a_body_that_breaks_is_an_error() {
    let changes = begin();
    for path in ["/broken", "/broken-length", "/short"] {
        let mut connection = connect().await;
        connection
            .send(&format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        let response = connection.receive_all().await;
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response:?}");
    }
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /broken 200 body_error 1",
            "GET http /broken-length 200 body_error 1",
            // The body is shorter than it says.
            "GET http /short 200 body_error 1",
        ]
    );
}

#[tokio::test]
async fn a_client_that_leaves_before_the_response_cancels_the_handler() {
    let changes = begin();
    let mut connection = connect().await;
    connection
        .send("GET /stuck HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    until(|| changes.of(ACTIVE) == ["GET http 1"]).await;
    assert_eq!(changes.of(DURATION), [""; 0]);
    drop(connection);
    until_idle(&changes).await;
    assert_eq!(changes.of(DURATION), ["GET http /stuck - cancelled 1"]);

    let mut connection = connect().await;
    connection
        .send("POST /stuck HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
        .await;
    until(|| changes.of(ACTIVE) == ["POST http 1"]).await;
    connection.reset();
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /stuck - cancelled 1",
            "POST http /stuck - cancelled 1"
        ]
    );
}

#[tokio::test]
async fn a_client_that_leaves_in_its_request_is_what_the_handler_makes_of_it() {
    let changes = begin();
    let mut connection = connect().await;
    connection
        .send("POST /full HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123")
        .await;
    until(|| changes.of(ACTIVE) == ["POST http 1"]).await;
    drop(connection);
    until_idle(&changes).await;
    assert_eq!(changes.of(DURATION), ["POST http /full 400 - 1"]);
}

#[tokio::test]
async fn a_client_that_leaves_in_the_body_cancels_the_response() {
    let changes = begin();
    for reset in [false, true] {
        let mut connection = connect().await;
        connection
            .send("GET /endless HTTP/1.1\r\nhost: a\r\n\r\n")
            .await;
        connection.receive("tick\r\n").await;
        assert_eq!(changes.of(ACTIVE), ["GET http 1"]);
        if reset {
            connection.reset();
        } else {
            drop(connection);
        }
        until_idle(&changes).await;
    }
    assert_eq!(changes.of(DURATION), ["GET http /endless 200 cancelled 2"]);
}

#[tokio::test]
async fn a_handler_that_panics_ends_its_connection_and_has_panicked() {
    let changes = begin();
    for path in ["/panics", "/panics-later", "/panics-in-body"] {
        let mut connection = connect().await;
        connection
            .send(&format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        connection.receive_all().await;
    }
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /panics - panicked 1",
            "GET http /panics-in-body 200 panicked 1",
            "GET http /panics-later - panicked 1",
        ]
    );
}

#[tokio::test]
async fn pipelined_requests_are_each_counted() {
    let changes = begin();
    let mut connection = connect().await;
    let one = "GET /full HTTP/1.1\r\nhost: a\r\n\r\n";
    let last = "GET /chunked HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    connection.send(&(one.repeat(9) + last)).await;
    let responses = connection.receive_all().await;
    assert_eq!(responses.matches("HTTP/1.1 200 OK").count(), 10);
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http /chunked 200 - 1", "GET http /full 200 - 9"]
    );
    drop(changes);

    // What is in line behind a request has not begun.
    let changes = begin();
    let mut connection = connect().await;
    let held = "GET /held HTTP/1.1\r\nhost: a\r\n\r\n";
    connection.send(&(one.to_owned() + held + last)).await;
    connection.receive("12345").await;
    until(|| changes.of(ACTIVE) == ["GET http 1"]).await;
    assert_eq!(changes.of(DURATION), ["GET http /full 200 - 1"]);
    RELEASED.notify_one();
    let responses = connection.receive_all().await;
    assert_eq!(responses.matches("HTTP/1.1 200 OK").count(), 2);
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /chunked 200 - 1",
            "GET http /full 200 - 1",
            "GET http /held 200 - 1",
        ]
    );
}

#[tokio::test]
async fn chunked_requests_have_the_size_that_was_read_if_they_are_counted() {
    let chunked = "transfer-encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n";
    let known = "content-length: 5\r\n\r\n12345";
    let counted = app().layer(census_http::server().count_request_body(Body::new));
    for (router, rows) in [
        (measured(), &["POST http /full 200 - 1"][..]),
        (counted, &["POST http /full 200 - 2"][..]),
    ] {
        let changes = begin();
        let mut connection = Connection::to(serve(router).await).await;
        for body in [chunked, known] {
            connection
                .send(&format!("POST /full HTTP/1.1\r\nhost: a\r\n{body}"))
                .await;
            connection.receive("\r\n\r\n5").await;
        }
        until_idle(&changes).await;
        assert_eq!(changes.of(DURATION), ["POST http /full 200 - 2"]);
        assert_eq!(changes.of(RECEIVED), rows);
    }
    // A handler that takes the first piece, of a body whose rest never comes.
    let changes = begin();
    let counted = app().layer(census_http::server().count_request_body(Body::new));
    let mut connection = Connection::to(serve(counted).await).await;
    connection
        .send("POST /upload HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n123")
        .await;
    connection.receive("\r\n\r\n3").await;
    until_idle(&changes).await;
    assert_eq!(changes.of_sums(RECEIVED), ["POST http /upload 200 - 3"]);
}

#[tokio::test]
async fn a_web_socket_is_over_with_its_101() {
    let changes = begin();
    let address = serve(measured()).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut socket, response) =
        tokio_tungstenite::client_async(format!("ws://{address}/ws"), stream)
            .await
            .unwrap();
    assert_eq!(response.status(), 101);
    assert_eq!(changes.of(DURATION), ["GET http /ws 101 - 1"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    for _ in 0..3 {
        socket.send("hello".into()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), "hello".into());
    }
    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    assert_eq!(changes.of(DURATION), ["GET http /ws 101 - 1"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn another_upgrade_is_over_with_its_101() {
    let changes = begin();
    let mut connection = connect().await;
    connection
        .send("GET /by-hand HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n")
        .await;
    connection.receive("other protocol").await;
    assert_eq!(changes.of(DURATION), ["GET http /by-hand 101 - 1"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

type H2 = hyper::client::conn::http2::SendRequest<Empty<Bytes>>;

async fn connect_h2() -> H2 {
    let stream = TcpStream::connect(serve(measured()).await).await.unwrap();
    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    sender
}

fn get_h2(path: &str) -> Request<Empty<Bytes>> {
    let uri = format!("http://a{path}");
    Request::get(uri).body(Empty::new()).unwrap()
}

#[tokio::test]
async fn streams_of_http_2_are_requests() {
    let changes = begin();
    let mut sender = connect_h2().await;
    for path in ["/full", "/length", "/chunked", "/trailers"] {
        let response = sender.send_request(get_h2(path)).await.unwrap();
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.trailers().is_some(), path == "/trailers");
    }
    let response = sender.send_request(get_h2("/broken")).await.unwrap();
    response.into_body().collect().await.unwrap_err();
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /broken 200 body_error 1",
            "GET http /chunked 200 - 1",
            "GET http /full 200 - 1",
            "GET http /length 200 - 1",
            "GET http /trailers 200 - 1",
        ]
    );
}

#[tokio::test]
async fn streams_of_http_2_that_are_reset_are_cancelled() {
    let changes = begin();
    let mut sender = connect_h2().await;
    let endless = sender.send_request(get_h2("/endless")).await.unwrap();
    let mut body = endless.into_body();
    body.frame().await.unwrap().unwrap();
    let mut stuck = Vec::new();
    for _ in 0..3 {
        stuck.push(tokio::spawn(sender.send_request(get_h2("/stuck"))));
    }
    until(|| changes.of(ACTIVE) == ["GET http 4"]).await;
    drop(body);
    until(|| changes.of(ACTIVE) == ["GET http 3"]).await;
    assert_eq!(changes.of(DURATION), ["GET http /endless 200 cancelled 1"]);
    // A stream is reset; the others and the connection go on.
    stuck.pop().unwrap().abort();
    until(|| changes.of(ACTIVE) == ["GET http 2"]).await;
    let response = sender.send_request(get_h2("/full")).await.unwrap();
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "12345"
    );
    // A connection that is closed resets all of its streams.
    for request in stuck {
        request.abort();
    }
    drop(sender);
    until_idle(&changes).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /endless 200 cancelled 1",
            "GET http /full 200 - 1",
            "GET http /stuck - cancelled 3",
        ]
    );
}

//! The sizes of requests' bodies.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::convert::Infallible;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use census::AnyView;
use census_http::views::{SERVER_REQUEST_BODY_SIZE, SERVER_REQUEST_DURATION};
use census_tests::changes::Changes;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};

type AnyBody = UnsyncBoxBody<Bytes, Infallible>;

const SIZE: &dyn AnyView = &SERVER_REQUEST_BODY_SIZE;

fn begin() -> Changes {
    census_http::SERVER_VIEWS.register().unwrap();
    census_http::SERVER_VIEWS_IN_DEVELOPMENT.register().unwrap();
    Changes::begin()
}

/// A body of unknown length, in these pieces.
fn stream(pieces: &'static [&'static str]) -> AnyBody {
    let frames = pieces
        .iter()
        .map(|piece| Ok(Frame::data(Bytes::from(*piece))));
    AnyBody::new(StreamBody::new(futures_util::stream::iter(frames)))
}

/// A body that says its length.
fn full(text: &'static str) -> AnyBody {
    AnyBody::new(Full::new(Bytes::from(text)))
}

/// Takes so many frames of the request's body.
async fn take<B: Body + Unpin>(
    request: Request<B>,
    frames: usize,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let mut body = request.into_body();
    for _ in 0..frames {
        body.frame().await;
    }
    Ok(Response::new(Empty::new()))
}

fn put<B>(body: B) -> Request<B> {
    Request::put("/").body(body).unwrap()
}

async fn send<S, B>(service: S, body: B)
where
    S: Service<Request<B>, Error = Infallible>,
{
    assert!(service.oneshot(put(body)).await.is_ok());
}

#[tokio::test]
async fn a_body_that_is_not_counted_has_the_size_that_it_says() {
    let changes = begin();
    let takes_one = || {
        ServiceBuilder::new()
            .layer(census_http::server())
            .service(service_fn(|request| take(request, 1)))
    };
    send(takes_one(), full("123456")).await;
    assert_eq!(changes.of_sums(SIZE), ["PUT http - 200 - 6"]);
    let ignores = ServiceBuilder::new()
        .layer(census_http::server())
        .service(service_fn(|request| take(request, 0)));
    send(ignores, full("123456")).await;
    assert_eq!(changes.of_sums(SIZE), ["PUT http - 200 - 12"]);
    // None is zero bytes, and a stream says nothing.
    let takes_one = ServiceBuilder::new()
        .layer(census_http::server())
        .service(service_fn(|request| take(request, 1)));
    send(takes_one, AnyBody::new(Empty::new())).await;
    assert_eq!(changes.of(SIZE), ["PUT http - 200 - 3"]);
    let takes_one = ServiceBuilder::new()
        .layer(census_http::server())
        .service(service_fn(|request| take(request, 1)));
    send(takes_one, stream(&["123"])).await;
    assert_eq!(changes.of(SIZE), ["PUT http - 200 - 3"]);
    assert_eq!(changes.of_sums(SIZE), ["PUT http - 200 - 12"]);
    assert_eq!(changes.of(&SERVER_REQUEST_DURATION), ["PUT http - 200 - 4"]);
}

#[tokio::test]
async fn a_counted_body_has_the_size_of_what_was_taken() {
    let counted = || census_http::server().count_request_body(|body| body);
    for (frames, sum) in [(1, 3), (2, 5), (9, 5)] {
        let changes = begin();
        let takes = ServiceBuilder::new()
            .layer(counted())
            .service(service_fn(|request| take(request, frames)));
        send(takes, stream(&["123", "45"])).await;
        assert_eq!(changes.of_sums(SIZE), [format!("PUT http - 200 - {sum}")]);
    }
    let changes = begin();
    let takes = ServiceBuilder::new()
        .layer(counted())
        .service(service_fn(|request| take(request, 9)));
    send(takes, full("123456")).await;
    assert_eq!(changes.of_sums(SIZE), ["PUT http - 200 - 6"]);
    // Nothing was taken, though there is something.
    let ignores = ServiceBuilder::new()
        .layer(counted())
        .service(service_fn(|request| take(request, 0)));
    send(ignores, full("123456")).await;
    assert_eq!(changes.of(SIZE), ["PUT http - 200 - 2"]);
    assert_eq!(changes.of_sums(SIZE), ["PUT http - 200 - 6"]);
}

#[tokio::test]
async fn a_counted_body_is_what_it_was() {
    let counted = ServiceBuilder::new()
        .layer(census_http::server().count_request_body(|body| body))
        .service(service_fn(
            async |request: Request<census_http::RequestBody<AnyBody>>| {
                let body = request.into_body();
                assert_eq!(body.size_hint().exact(), Some(6));
                assert!(!body.is_end_stream());
                assert_eq!(body.collect().await.unwrap().to_bytes(), "123456");
                Ok(Response::new(Empty::<Bytes>::new()))
            },
        ));
    let _alone = begin();
    send(counted, full("123456")).await;
}

#[tokio::test]
async fn a_skipped_request_is_not_counted() {
    let changes = begin();
    let counted = ServiceBuilder::new()
        .layer(
            census_http::server()
                .skip(|_| true)
                .count_request_body(|body| body),
        )
        .service(service_fn(|request| take(request, 9)));
    send(counted, stream(&["123", "45"])).await;
    assert_eq!(changes.of(SIZE), [""; 0]);
}

#[tokio::test]
async fn a_body_that_is_read_after_the_response_counts_until_then() {
    let changes = begin();
    let counted = ServiceBuilder::new()
        .layer(census_http::server().count_request_body(|body| body))
        .service(service_fn(
            async |request: Request<census_http::RequestBody<AnyBody>>| {
                let mut body = Box::pin(request.into_body());
                body.frame().await;
                // The response has the rest of the request's body.
                Ok::<_, Infallible>(Response::new(body))
            },
        ));
    let request = put(stream(&["1", "23", "456"]));
    let response = counted.oneshot(request).await.unwrap();
    let echoed = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(echoed, "23456");
    assert_eq!(changes.of_sums(SIZE), ["PUT http - 200 - 6"]);
}

#[tokio::test]
async fn an_axum_router_takes_counted_bodies() {
    let changes = begin();
    let app = Router::new()
        .route("/upload", post(async |body: Bytes| body.len().to_string()))
        .route("/ignore", post(async || "ignored"))
        .layer(census_http::server().count_request_body(axum::body::Body::new));
    for path in ["/upload", "/ignore"] {
        let body = axum::body::Body::new(stream(&["12345", "67890"]));
        let request = Request::post(path).body(body).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        response.into_body().collect().await.unwrap();
    }
    assert_eq!(
        changes.of(SIZE),
        ["POST http /ignore 200 - 1", "POST http /upload 200 - 1"]
    );
    assert_eq!(changes.of_sums(SIZE), ["POST http /upload 200 - 10"]);
}

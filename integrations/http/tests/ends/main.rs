//! How a request ends, by what its service and its body do. The layer is around services that are made by hand, and the test
//! polls as a server would; `server.rs` has servers.

#![expect(clippy::panic, reason = "a helper fails the test")]
#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

mod script;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use census::AnyView;
use census_http::RequestBody;
use census_http::views::{
    SERVER_ACTIVE_REQUESTS, SERVER_REQUEST_DURATION, SERVER_RESPONSE_BODY_SIZE,
};
use census_tests::changes::Changes;
use census_tests::polling::{pending_times, poll};
use futures_util::FutureExt as _;
use futures_util::future::poll_immediate;
use http::{Method, Request, Response, StatusCode, header};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Empty, Full};
use script::{Script, Step};
use tower::{BoxError, Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

const DURATION: &dyn AnyView = &SERVER_REQUEST_DURATION;
const ACTIVE: &dyn AnyView = &SERVER_ACTIVE_REQUESTS;

/// Registers the views.
fn begin() -> Changes {
    census_http::SERVER_VIEWS.register().unwrap();
    census_http::SERVER_VIEWS_IN_DEVELOPMENT.register().unwrap();
    Changes::begin()
}

fn request(method: Method) -> Request<Empty<&'static [u8]>> {
    Request::builder()
        .method(method)
        .body(Empty::new())
        .unwrap()
}

fn get() -> Request<Empty<&'static [u8]>> {
    request(Method::GET)
}

/// Sends a request to a measured service that gives this response.
async fn respond<B: Body + Clone>(
    method: Method,
    response: Response<B>,
) -> Response<census_http::ResponseBody<B>> {
    let service = service_fn(async |_| Ok::<_, Infallible>(response.clone()));
    let measured = ServiceBuilder::new()
        .layer(census_http::server())
        .service(service);
    measured.oneshot(request(method)).await.unwrap()
}

fn with_status<B>(status: u16, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// Takes the frames of a body until none is ready, as a server does, and drops it.
async fn read<B: Body<Data: Sized>>(body: B) -> usize {
    let mut body = pin!(body);
    let mut frames = 0;
    while let Some(Some(_)) = poll_immediate(body.frame()).await {
        frames += 1;
    }
    frames
}

#[tokio::test]
async fn a_stream_ends_with_its_content_length() {
    let changes = begin();
    let mut response = Response::new(Script::of([
        Step::Data("1234"),
        Step::Data("56"),
        Step::Data("more"),
    ]));
    let length = header::HeaderValue::from_static("6");
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    let mut body = pin!(respond(Method::GET, response).await.into_body());
    assert!(body.frame().await.is_some());
    assert_eq!(changes.of(DURATION), [""; 0]);
    assert_eq!(changes.of(ACTIVE), ["GET http 1"]);
    assert!(body.frame().await.is_some());
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 - 6"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);

    // What comes after is passed on, and counts for nothing.
    assert!(body.frame().await.is_some());
    assert!(body.frame().await.is_none());
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 - 6"]
    );
}

#[tokio::test]
async fn a_stream_ends_with_the_length_of_its_size_hint() {
    let changes = begin();
    let body = Script::of([Step::Data("123"), Step::Data("456"), Step::Pending]).sized(6);
    let mut body = pin!(respond(Method::GET, Response::new(body)).await.into_body());
    assert_eq!(body.size_hint().exact(), Some(6));
    assert!(body.frame().await.is_some());
    assert_eq!(changes.of(DURATION), [""; 0]);
    assert!(body.frame().await.is_some());
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
}

#[tokio::test]
async fn a_body_ends_when_it_says_so() {
    let changes = begin();
    let body = respond(Method::GET, Response::new(Full::new(&b"all"[..]))).await;
    let mut body = pin!(body.into_body());
    assert!(!body.is_end_stream());
    assert!(body.frame().await.is_some());
    assert!(body.is_end_stream());
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 - 3"]
    );

    let body = Script::of([Step::Data("1"), Step::Data("2")]).ending_with_its_last_frame();
    let mut body = pin!(respond(Method::PUT, Response::new(body)).await.into_body());
    body.frame().await.unwrap().unwrap();
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    body.frame().await.unwrap().unwrap();
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 200 - 1", "PUT http - 200 - 1"]
    );
}

#[tokio::test]
async fn a_stream_of_unknown_length_ends_with_its_end() {
    let changes = begin();
    let body = Script::of([Step::Data("12"), Step::Data(""), Step::Data("34")]);
    let mut body = pin!(respond(Method::GET, Response::new(body)).await.into_body());
    for _ in 0..3 {
        body.frame().await.unwrap().unwrap();
        assert_eq!(changes.of(DURATION), [""; 0]);
    }
    assert!(body.frame().await.is_none());
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 - 4"]
    );
}

#[tokio::test]
async fn responses_without_a_body_end_when_they_are_made() {
    // The bodies are never polled, and not over.
    let endless = || Script::of([Step::Pending]).sized(7);
    for (method, status, row) in [
        (Method::HEAD, 200, "HEAD http - 200 - 1"),
        (Method::GET, 204, "GET http - 204 - 1"),
        (Method::GET, 304, "GET http - 304 - 1"),
        (Method::GET, 101, "GET http - 101 - 1"),
        (Method::CONNECT, 200, "CONNECT http - 200 - 1"),
    ] {
        let changes = begin();
        let response = respond(method, with_status(status, endless())).await;
        assert_eq!(changes.of(DURATION), [row]);
        assert_eq!(changes.of_sums(&SERVER_RESPONSE_BODY_SIZE), [""; 0]);
        assert_eq!(changes.of(ACTIVE), [""; 0]);
        drop(response);
        assert_eq!(changes.of(DURATION), [row]);
    }
    // A CONNECT that is refused has a body as any response.
    let changes = begin();
    let response = respond(Method::CONNECT, with_status(407, endless())).await;
    assert_eq!(changes.of(DURATION), [""; 0]);
    drop(response);
    assert_eq!(changes.of(DURATION), ["CONNECT http - 407 cancelled 1"]);
}

#[tokio::test]
async fn empty_bodies_end_when_the_response_is_made() {
    let changes = begin();
    let empty = respond(Method::GET, Response::new(Empty::<&[u8]>::new())).await;
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    let sized = respond(Method::GET, Response::new(Script::of([]).sized(0))).await;
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 2"]);
    let mut response = Response::new(Script::of([Step::Pending]));
    let length = header::HeaderValue::from_static("0");
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    let named = respond(Method::GET, response).await;
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 3"]);
    drop((empty, sized, named));
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 3"]);
    // A stream that turns out to be empty does not say so before it is polled.
    assert_eq!(
        read(
            respond(Method::GET, Response::new(Script::of([])))
                .await
                .into_body()
        )
        .await,
        0
    );
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 4"]);
}

#[tokio::test]
async fn a_content_length_that_is_no_number_is_ignored() {
    for text in ["", "-1", "six", "6, 6", "99999999999999999999999"] {
        let changes = begin();
        let mut response = Response::new(Script::of([Step::Data("123"), Step::Data("456")]));
        let length = header::HeaderValue::from_static(text);
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length);
        let mut body = pin!(respond(Method::GET, response).await.into_body());
        body.frame().await.unwrap().unwrap();
        body.frame().await.unwrap().unwrap();
        assert_eq!(changes.of(DURATION), [""; 0], "{text:?}");
        assert!(body.frame().await.is_none());
        assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"], "{text:?}");
    }
}

#[tokio::test]
async fn a_body_that_ends_in_an_error_is_an_error() {
    let changes = begin();
    let body = Script::of([Step::Data("12"), Step::Error, Step::Data("more")]);
    let mut body = pin!(respond(Method::GET, Response::new(body)).await.into_body());
    body.frame().await.unwrap().unwrap();
    body.frame().await.unwrap().unwrap_err();
    assert_eq!(changes.of(DURATION), ["GET http - 200 body_error 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 body_error 2"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    body.frame().await.unwrap().unwrap();
    assert_eq!(changes.of(DURATION), ["GET http - 200 body_error 1"]);
}

#[tokio::test]
async fn trailers_are_the_end() {
    let changes = begin();
    let body = Script::of([Step::Data("12"), Step::Trailers, Step::Pending]);
    let mut body = pin!(respond(Method::GET, Response::new(body)).await.into_body());
    body.frame().await.unwrap().unwrap();
    assert_eq!(changes.of(DURATION), [""; 0]);
    assert!(body.frame().await.unwrap().unwrap().is_trailers());
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 - 2"]
    );

    // Also where there is nothing but trailers, and after a whole body.
    read(
        respond(Method::GET, Response::new(Script::of([Step::Trailers])))
            .await
            .into_body(),
    )
    .await;
    let body = Script::of([Step::Data("12"), Step::Trailers]).sized(2);
    assert_eq!(
        read(respond(Method::GET, Response::new(body)).await.into_body()).await,
        2
    );
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 3"]);
}

#[tokio::test]
async fn a_status_from_500_on_is_an_error_however_the_body_ends() {
    let changes = begin();
    read(
        respond(Method::GET, with_status(503, Script::of([Step::Data("1")])))
            .await
            .into_body(),
    )
    .await;
    assert_eq!(changes.of(DURATION), ["GET http - 503 503 1"]);
    drop(respond(Method::GET, with_status(503, Script::of([Step::Data("1")]))).await);
    read(
        respond(Method::GET, with_status(503, Script::of([Step::Error])))
            .await
            .into_body(),
    )
    .await;
    assert_eq!(changes.of(DURATION), ["GET http - 503 503 3"]);
    // A client's mistake is not the server's.
    read(
        respond(Method::GET, with_status(404, Script::of([])))
            .await
            .into_body(),
    )
    .await;
    drop(respond(Method::GET, with_status(499, Script::of([]))).await);
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 404 - 1",
            "GET http - 499 cancelled 1",
            "GET http - 503 503 3"
        ]
    );
}

type Answer = Response<census_http::ResponseBody<Full<&'static [u8]>>>;

/// A measured service that works for so many polls, and then gives a response.
fn working(
    polls: u64,
) -> impl Service<Request<Empty<&'static [u8]>>, Response = Answer, Error = Infallible> {
    ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(move |_| async move {
            pending_times(polls).await;
            Ok(Response::new(Full::new(&b"done"[..])))
        })
}

#[tokio::test]
async fn a_request_that_is_dropped_before_its_response_is_cancelled() {
    let changes = begin();
    let mut never_polled = working(9);
    drop(never_polled.call(get()));
    assert_eq!(changes.of(DURATION), ["GET http - - cancelled 1"]);
    let mut future = Box::pin(working(9).call(get()));
    for _ in 0..3 {
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(changes.of(ACTIVE), ["GET http 1"]);
    }
    drop(future);
    assert_eq!(changes.of(DURATION), ["GET http - - cancelled 2"]);
    assert_eq!(changes.of_sums(&SERVER_RESPONSE_BODY_SIZE), [""; 0]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_response_that_is_dropped_before_its_end_is_cancelled() {
    let changes = begin();
    let body = || Script::of([Step::Data("12"), Step::Data("34"), Step::Data("56")]).sized(6);
    drop(respond(Method::GET, Response::new(body())).await);
    assert_eq!(changes.of(DURATION), ["GET http - 200 cancelled 1"]);
    let mut body = Box::pin(
        respond(Method::GET, Response::new(body()))
            .await
            .into_body(),
    );
    body.frame().await.unwrap().unwrap();
    body.frame().await.unwrap().unwrap();
    assert_eq!(changes.of(DURATION), ["GET http - 200 cancelled 1"]);
    drop(body);
    assert_eq!(changes.of(DURATION), ["GET http - 200 cancelled 2"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 cancelled 4"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_stream_that_never_ends_stays_active_until_it_is_dropped() {
    let changes = begin();
    let response = respond(Method::GET, Response::new(Script::endless("tick"))).await;
    let mut body = Box::pin(response.into_body());
    for _ in 0..1_000 {
        body.frame().await.unwrap().unwrap();
    }
    assert_eq!(changes.of(DURATION), [""; 0]);
    assert_eq!(changes.of(ACTIVE), ["GET http 1"]);
    drop(body);
    assert_eq!(changes.of(DURATION), ["GET http - 200 cancelled 1"]);
    assert_eq!(
        changes.of_sums(&SERVER_RESPONSE_BODY_SIZE),
        ["GET http - 200 cancelled 4000"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_service_that_returns_an_error_is_a_service_error() {
    let changes = begin();
    let measured = || {
        ServiceBuilder::new()
            .layer(census_http::server())
            .service_fn(async |_: Request<_>| Err::<Response<Script>, _>("broken"))
    };
    let mut future = Box::pin(measured().call(get()));
    assert!(future.as_mut().await.is_err());
    assert_eq!(changes.of(DURATION), ["GET http - - service_error 1"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    drop(future);
    assert_eq!(changes.of(DURATION), ["GET http - - service_error 1"]);
}

/// A service that panics where the text says.
async fn panicking(at: &'static str) -> Result<Response<Script>, Infallible> {
    assert_ne!(at, "before await");
    tokio::task::yield_now().await;
    assert_ne!(at, "after await");
    Ok(Response::new(Script::of([
        Step::Data("1"),
        Step::Panic,
        Step::Data("2"),
    ])))
}

#[tokio::test]
async fn a_service_that_panics_has_panicked() {
    for at in ["before await", "after await"] {
        let changes = begin();
        let measured = ServiceBuilder::new()
            .layer(census_http::server())
            .service_fn(|_| panicking(at));
        let result = AssertUnwindSafe(measured.oneshot(get()))
            .catch_unwind()
            .await;
        assert!(result.is_err());
        assert_eq!(changes.of(DURATION), ["GET http - - panicked 1"], "{at}");
        assert_eq!(changes.of(ACTIVE), [""; 0]);
    }
}

#[tokio::test]
async fn a_call_that_panics_has_panicked() {
    let changes = begin();
    let mut measured = ServiceBuilder::new()
        .layer(census_http::server())
        .service(service_fn(
            |_: Request<_>| -> std::future::Ready<Result<Response<Script>, Infallible>> {
                panic!("on purpose")
            },
        ));
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| drop(measured.call(get()))));
    assert!(result.is_err());
    assert_eq!(changes.of(DURATION), ["GET http - - panicked 1"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

/// A body that panics when it is asked whether it is over.
struct NoEnd;

impl Body for NoEnd {
    type Data = &'static [u8];
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        panic!("on purpose")
    }
}

#[tokio::test]
async fn what_is_asked_of_bodies_may_panic() {
    let changes = begin();
    let answers = service_fn(async |_| Ok::<_, Infallible>(Response::new(NoEnd)));
    let measured = census_http::server().layer(answers);
    let result = AssertUnwindSafe(measured.oneshot(get()))
        .catch_unwind()
        .await;
    assert!(result.is_err());
    assert_eq!(changes.of(DURATION), ["GET http - - panicked 1"]);

    let wrap = |_: RequestBody<Empty<&'static [u8]>>| -> NoEnd { panic!("on purpose") };
    let layer = census_http::server().count_request_body(wrap);
    let mut measured = layer.layer(service_fn(async |_: Request<NoEnd>| {
        Ok::<_, Infallible>(Response::new(Script::default()))
    }));
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| drop(measured.call(get()))));
    assert!(result.is_err());
    assert_eq!(changes.of(DURATION), ["GET http - - panicked 2"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_body_that_panics_has_panicked() {
    let changes = begin();
    let measured = ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(|_| panicking("the body"));
    let mut body = Box::pin(measured.oneshot(get()).await.unwrap().into_body());
    body.frame().await.unwrap().unwrap();
    let result = AssertUnwindSafe(body.frame()).catch_unwind().await;
    assert!(result.is_err());
    assert_eq!(changes.of(ACTIVE), ["GET http 1"]);
    drop(body);
    assert_eq!(changes.of(DURATION), ["GET http - 200 panicked 1"]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_body_that_is_polled_again_after_a_panic_goes_on() {
    let changes = begin();
    let body = respond(
        Method::GET,
        Response::new(Script::of([Step::Panic, Step::Data("2")])),
    )
    .await;
    let mut body = Box::pin(body.into_body());
    assert!(AssertUnwindSafe(body.frame()).catch_unwind().await.is_err());
    assert_eq!(read(body).await, 1);
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
}

#[tokio::test]
async fn a_panic_that_is_caught_below_is_a_status_and_above_a_panic() {
    for at in ["before await", "after await"] {
        let changes = begin();
        let below = ServiceBuilder::new()
            .layer(census_http::server())
            .layer(CatchPanicLayer::new())
            .service_fn(|_| panicking(at));
        let response = below.oneshot(get()).await.unwrap();
        assert_eq!(response.status(), 500);
        response.into_body().collect().await.unwrap();
        assert_eq!(changes.of(DURATION), ["GET http - 500 500 1"], "{at}");

        let changes = {
            drop(changes);
            begin()
        };
        let above = ServiceBuilder::new()
            .layer(CatchPanicLayer::new())
            .layer(census_http::server())
            .service_fn(|_| panicking(at));
        let response = above.oneshot(get()).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(changes.of(DURATION), ["GET http - - panicked 1"], "{at}");
        assert_eq!(changes.of(ACTIVE), [""; 0]);
    }
}

const SOON: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_timeout_above_cancels_and_one_below_is_an_error() {
    let changes = begin();
    let above = ServiceBuilder::new()
        .timeout(SOON)
        .layer(census_http::server())
        .service(service_fn(async |_: Request<_>| {
            std::future::pending::<()>().await;
            Ok::<_, BoxError>(Response::new(Script::of([])))
        }));
    assert!(above.oneshot(get()).await.is_err());
    assert_eq!(changes.of(DURATION), ["GET http - - cancelled 1"]);

    let below = ServiceBuilder::new()
        .layer(census_http::server())
        .timeout(SOON)
        .service(service_fn(async |_: Request<_>| {
            std::future::pending::<()>().await;
            Ok::<_, BoxError>(Response::new(Script::of([])))
        }));
    assert!(below.oneshot(get()).await.is_err());
    assert_eq!(
        changes.of(DURATION),
        ["GET http - - cancelled 1", "GET http - - service_error 1"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_timeout_that_responds_above_cancels_and_below_is_a_status() {
    let changes = begin();
    let timeout =
        tower_http::timeout::TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, SOON);
    let pending = service_fn(async |_: Request<_>| {
        std::future::pending::<()>().await;
        Ok::<_, Infallible>(Response::new(Full::new(&b""[..])))
    });
    let above = ServiceBuilder::new()
        .layer(timeout)
        .layer(census_http::server())
        .service(pending);
    assert_eq!(above.oneshot(get()).await.unwrap().status(), 504);
    assert_eq!(changes.of(DURATION), ["GET http - - cancelled 1"]);

    let below = ServiceBuilder::new()
        .layer(census_http::server())
        .layer(timeout)
        .service(pending);
    assert_eq!(below.oneshot(get()).await.unwrap().status(), 504);
    assert_eq!(
        changes.of(DURATION),
        ["GET http - - cancelled 1", "GET http - 504 504 1"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_timeout_of_the_body_above_cancels_and_below_is_an_error() {
    let changes = begin();
    let timeout = tower_http::timeout::ResponseBodyTimeoutLayer::new(SOON);
    let stuck = service_fn(async |_: Request<_>| {
        Ok::<_, Infallible>(Response::new(Script::of([Step::Data("1"), Step::Pending])))
    });
    let above = ServiceBuilder::new()
        .layer(timeout.clone())
        .layer(census_http::server())
        .service(stuck);
    let response = above.oneshot(get()).await.unwrap();
    assert!(response.into_body().collect().await.is_err());
    assert_eq!(changes.of(DURATION), ["GET http - 200 cancelled 1"]);

    let below = ServiceBuilder::new()
        .layer(census_http::server())
        .layer(timeout)
        .service(stuck);
    let response = below.oneshot(get()).await.unwrap();
    assert!(response.into_body().collect().await.is_err());
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 200 body_error 1", "GET http - 200 cancelled 1"]
    );
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_request_that_is_skipped_is_passed_on() {
    let changes = begin();
    let measured = ServiceBuilder::new()
        .layer(census_http::server().skip(|request| request.uri.path() == "/healthz"))
        .service_fn(async |_| Ok::<_, Infallible>(Response::new(Script::of([Step::Data("1")]))));
    let mut skipped = get();
    *skipped.uri_mut() = "/healthz".parse().unwrap();
    let response = measured.clone().oneshot(skipped).await.unwrap();
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "1"
    );
    assert_eq!(changes.of(DURATION), [""; 0]);
    let response = measured.oneshot(get()).await.unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(changes.of(DURATION), ["GET http - 200 - 1"]);
}

#[tokio::test]
async fn readiness_is_that_of_the_service() {
    struct Unready;
    impl Service<Request<Empty<&'static [u8]>>> for Unready {
        type Response = Response<Script>;
        type Error = &'static str;
        type Future = std::future::Ready<Result<Response<Script>, &'static str>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Err("closed"))
        }

        fn call(&mut self, _: Request<Empty<&'static [u8]>>) -> Self::Future {
            unreachable!("it is never ready")
        }
    }
    let changes = begin();
    let measured = ServiceBuilder::new()
        .layer(census_http::server())
        .service(Unready);
    assert_eq!(measured.oneshot(get()).await.err(), Some("closed"));
    // A request that the service was never given is none.
    assert_eq!(changes.of(DURATION), [""; 0]);
}

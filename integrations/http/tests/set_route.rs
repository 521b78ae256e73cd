//! `set_route`: which code can say the route of a request.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use census::AnyView;
use census_http::set_route;
use census_http::views::SERVER_REQUEST_DURATION;
use census_tests::changes::Changes;
use census_tests::polling::{pending_times, poll};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use tower::{Service, ServiceBuilder, ServiceExt as _};

const DURATION: &dyn AnyView = &SERVER_REQUEST_DURATION;

type NoBody = Empty<Bytes>;
type Text = Full<Bytes>;

fn begin() -> Changes {
    census_http::SERVER_VIEWS.register().unwrap();
    Changes::begin()
}

fn get() -> Request<NoBody> {
    Request::new(Empty::new())
}

#[expect(clippy::unnecessary_wraps, reason = "a service returns a result")]
fn ok() -> Result<Response<Text>, Infallible> {
    Ok(Response::new(Full::default()))
}

async fn run<
    S: Service<Request<NoBody>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body,
>(
    service: S,
) {
    let response = service.oneshot(get()).await.unwrap();
    assert!(response.into_body().collect().await.is_ok());
}

#[tokio::test]
async fn a_handler_says_its_route_before_and_after_it_waits() {
    let changes = begin();
    let handler = async |_: Request<NoBody>| {
        assert!(set_route("/first"));
        pending_times(3).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(set_route("/second"));
        pending_times(3).await;
        ok()
    };
    run(ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(handler))
    .await;
    assert_eq!(changes.of(DURATION), ["GET http /second 200 - 1"]);
}

#[tokio::test]
async fn a_call_and_a_body_can_say_the_route() {
    let changes = begin();
    let in_call = |_: Request<NoBody>| {
        assert!(set_route("/call"));
        std::future::ready(ok())
    };
    run(ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(in_call))
    .await;
    let in_body = async |_: Request<NoBody>| {
        let mut pieces = 0;
        let stream = futures_util::stream::poll_fn(move |_| {
            pieces += 1;
            assert!(set_route(format!("/body/{pieces}")));
            let piece = (pieces < 4).then(|| Ok::<_, Infallible>(Frame::data(Bytes::from("x"))));
            std::task::Poll::Ready(piece)
        });
        Ok(Response::new(StreamBody::new(stream)))
    };
    run(ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(in_body))
    .await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http /body/4 200 - 1", "GET http /call 200 - 1"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_tasks_and_threads_have_no_request() {
    let changes = begin();
    let handler = async |_: Request<NoBody>| {
        assert!(!tokio::spawn(async { set_route("/task") }).await.unwrap());
        assert!(
            !tokio::task::spawn_blocking(|| set_route("/blocking"))
                .await
                .unwrap()
        );
        assert!(!std::thread::spawn(|| set_route("/thread")).join().unwrap());
        let set = tokio::task::LocalSet::new();
        assert!(set.run_until(async { set_route("/within") }).await);
        ok()
    };
    assert!(!set_route("/outside"));
    run(ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(handler))
    .await;
    assert!(!set_route("/outside"));
    assert_eq!(changes.of(DURATION), ["GET http /within 200 - 1"]);
}

#[tokio::test]
async fn requests_that_take_turns_on_a_thread_keep_their_routes() {
    let changes = begin();
    let service = || {
        ServiceBuilder::new()
            .layer(census_http::server())
            .service_fn(async |request: Request<NoBody>| {
                let path = request.uri().path().to_owned();
                for turn in 0..3 {
                    assert!(set_route(format!("{path}/{turn}")));
                    pending_times(1).await;
                }
                ok()
            })
    };
    let requests = ["/a", "/b", "/c"].map(|path| {
        let mut request = get();
        *request.uri_mut() = path.parse().unwrap();
        service().oneshot(request)
    });
    for response in futures_util::future::join_all(requests).await {
        response.unwrap().into_body().collect().await.unwrap();
    }
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /a/2 200 - 1",
            "GET http /b/2 200 - 1",
            "GET http /c/2 200 - 1",
        ]
    );
}

#[tokio::test]
async fn a_request_that_is_cancelled_or_panics_has_its_route() {
    let changes = begin();
    let stuck = async |_: Request<NoBody>| {
        set_route("/stuck");
        std::future::pending::<()>().await;
        ok()
    };
    let mut service = ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(stuck);
    let mut future = Box::pin(service.call(get()));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    let panics = async |_: Request<NoBody>| -> Result<Response<Text>, Infallible> {
        set_route("/panics");
        panic!("on purpose");
    };
    let service = ServiceBuilder::new()
        .layer(census_http::server())
        .service_fn(panics);
    assert!(
        tokio::spawn(async { service.oneshot(get()).await.map(drop) })
            .await
            .is_err()
    );
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /panics - panicked 1",
            "GET http /stuck - cancelled 1"
        ]
    );
    assert!(!set_route("/outside"));
}

#[tokio::test]
async fn the_innermost_layer_has_the_route() {
    let changes = begin();
    let inner = ServiceBuilder::new()
        .layer(census_http::server().route(|_| Some("/outer".into())))
        .layer(census_http::server().known_methods(["PROPFIND"]))
        .service_fn(async |_: Request<NoBody>| {
            set_route("/inner");
            ok()
        });
    run(inner).await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http /inner 200 - 1", "GET http /outer 200 - 1"]
    );
    drop(changes);

    // A layer that skips the request has none, nor has that of a client.
    let changes = begin();
    let inner = ServiceBuilder::new()
        .layer(census_http::server())
        .layer(census_http::server().skip(|_| true))
        .layer(census_http::client())
        .service_fn(async |_: Request<NoBody>| {
            assert!(set_route("/seen"));
            ok()
        });
    run(inner).await;
    assert_eq!(changes.of(DURATION), ["GET http /seen 200 - 1"]);
}

#[tokio::test]
async fn a_layer_of_grpc_has_no_route() {
    let changes = begin();
    let grpc = ServiceBuilder::new()
        .layer(census_http::grpc_server())
        .service_fn(async |_: Request<NoBody>| {
            assert!(!set_route("/nowhere"));
            ok()
        });
    run(grpc).await;
    let within_http = ServiceBuilder::new()
        .layer(census_http::server())
        .layer(census_http::grpc_server())
        .service_fn(async |_: Request<NoBody>| {
            assert!(set_route("/pkg.Service/Method"));
            ok()
        });
    run(within_http).await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http /pkg.Service/Method 200 - 1"]
    );
}

#[tokio::test]
async fn a_handler_comes_before_a_function_of_the_request() {
    let changes = begin();
    let service = ServiceBuilder::new()
        .layer(census_http::server().route(|_| Some("/function".into())))
        .service_fn(async |request: Request<NoBody>| {
            if request.uri().path() == "/told" {
                set_route("/handler");
            }
            ok()
        });
    run(service.clone()).await;
    let mut told = get();
    *told.uri_mut() = "/told".parse().unwrap();
    service
        .oneshot(told)
        .await
        .unwrap()
        .into_body()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        changes.of(DURATION),
        ["GET http /function 200 - 1", "GET http /handler 200 - 1"]
    );
}

#[tokio::test]
async fn a_route_is_any_text_and_shortened_to_255_bytes() {
    let changes = begin();
    let long = "x".repeat(256);
    for route in ["/straße", "/new\nline", "/a b\"c", "", &long] {
        let service = ServiceBuilder::new()
            .layer(census_http::server())
            .service_fn(|_: Request<NoBody>| {
                assert!(set_route(route.to_owned()));
                std::future::ready(ok())
            });
        run(service).await;
    }
    let shortened = format!("GET http {} 200 - 1", "x".repeat(255));
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 200 - 1",
            "GET http /a b\"c 200 - 1",
            "GET http /new\nline 200 - 1",
            "GET http /straße 200 - 1",
            &shortened,
        ]
    );
}

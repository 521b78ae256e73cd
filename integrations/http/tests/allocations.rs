//! Memory that the layers allocate. All is in one test, because the allocator counts for all threads.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use census::{TagKey, tag, tags};
use census_http::{ClientLayer, ServerLayer};
use census_tests::allocations::of_a_thousand_calls;
use census_tests::polling::run;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty, Full};
use tower::{Layer as _, Service, service_fn};

census_tests::count_allocations!();

#[tag]
static TENANT: TagKey;

type NoBody = Empty<Bytes>;
type Answer = Ready<Result<Response<Full<Bytes>>, Infallible>>;

fn answer<B>(_: Request<B>) -> Answer {
    ready(Ok(Response::new(Full::new(Bytes::from_static(b"answer")))))
}

/// Sends a request, and reads the response.
fn send<S, B>(service: &mut S, request: Request<NoBody>)
where
    S: Service<Request<NoBody>, Response = Response<B>>,
    B: http_body::Body<Data = Bytes>,
{
    let Ok(response) = run(service.call(request)) else {
        return;
    };
    let mut body = pin!(response.into_body());
    while run(body.frame()).is_some() {}
}

/// How many times a service allocates for a thousand requests.
fn of<S, B>(mut service: S) -> usize
where
    S: Service<Request<NoBody>, Response = Response<B>>,
    B: http_body::Body<Data = Bytes>,
{
    of_a_thousand_calls(|| send(&mut service, Request::new(Empty::new())))
}

fn server() -> ServerLayer {
    census_http::server()
}

fn client() -> ClientLayer {
    census_http::client().servers(["a.example"])
}

/// What the layers allocate for a thousand requests, whatever views there are.
fn assert_none(views: &str) {
    assert_eq!(of(service_fn(answer)), 0, "without a layer");
    assert_eq!(of(server().layer(service_fn(answer))), 0, "server, {views}");
    assert_eq!(of(client().layer(service_fn(answer))), 0, "client, {views}");
    let routed = server().route(|_| Some("/users/{id}".into()));
    assert_eq!(of(routed.layer(service_fn(answer))), 0, "routes, {views}");
    let told = server().layer(service_fn(|request: Request<NoBody>| {
        census_http::set_route("/users/{id}");
        answer(request)
    }));
    assert_eq!(of(told), 0, "set_route, {views}");
    let twice = server().layer(server().layer(service_fn(answer)));
    assert_eq!(of(twice), 0, "twice, {views}");
    let fails = service_fn(|_: Request<NoBody>| ready(Err::<Response<Full<Bytes>>, _>("broken")));
    assert_eq!(of(server().layer(fails)), 0, "errors, {views}");
    let mut stuck = server().layer(service_fn(|_: Request<NoBody>| {
        std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
    }));
    let cancelled = of_a_thousand_calls(|| drop(stuck.call(Request::new(Empty::new()))));
    assert_eq!(cancelled, 0, "cancelled, {views}");
    // Off unless asked for; a header that is not there costs nothing.
    let taking = server().take_baggage([]).layer(service_fn(answer));
    assert_eq!(of(taking), 0, "baggage that is not there, {views}");
    let sending = client().send_baggage([]).layer(service_fn(answer));
    assert_eq!(of(sending), 0, "tags that are not there, {views}");
}

#[test]
fn a_request_whose_rows_are_known_allocates_nothing() {
    assert_none("no views");
    census_http::SERVER_VIEWS.register().unwrap();
    census_http::CLIENT_VIEWS.register().unwrap();
    assert_none("stable views");
    assert_eq!(with_tags(), [0, 0, 0]);
    census_http::SERVER_VIEWS_IN_DEVELOPMENT.register().unwrap();
    census_http::CLIENT_VIEWS_IN_DEVELOPMENT.register().unwrap();
    assert_none("views in development");
    census_http::opencensus::SERVER_VIEWS.register().unwrap();
    census_http::opencensus::CLIENT_VIEWS.register().unwrap();
    assert_none("OpenCensus's views");
    assert_eq!(with_tags(), [0, 0, 0]);

    // A counted body shares its count with the end of the request.
    let counted = server().count_request_body(|body| body);
    let counted = of(counted.layer(service_fn(answer::<census_http::RequestBody<NoBody>>)));
    assert_eq!(counted, 1_000);
    routers();
}

/// The same where tags are current: those of a layer, and those around a server and a client.
fn with_tags() -> [usize; 3] {
    let tags = tags!(TENANT = "acme");
    let layer = server().tags(move |_| tags.clone());
    let of_layer = of(layer.layer(service_fn(answer)));
    let _scope = tags!(TENANT = "acme").enter();
    let around_server = of(server().layer(service_fn(answer)));
    let around_client = of(client().layer(service_fn(answer)));
    [of_layer, around_server, around_client]
}

/// Axum boxes what a layer returns, whatever it is: the layer that skips each request is such a layer.
fn routers() {
    let app = |layer| {
        Router::new()
            .route("/", get(async || "answer"))
            .layer(layer)
    };
    let of_router = |mut app: Router| {
        of_a_thousand_calls(|| {
            let request = Request::new(axum::body::Body::empty());
            let response = run(Service::<Request<_>>::call(&mut app, request)).unwrap();
            let mut body = pin!(response.into_body());
            while run(body.frame()).is_some() {}
        })
    };
    let skipped = of_router(app(server().skip(|_| true)));
    assert_eq!(of_router(app(server())), skipped);
}

//! Active requests: how many there are in the middle, and that there are none in the end.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::convert::Infallible;
use std::pin::Pin;

use bytes::Bytes;
use census::prometheus::Exporter;
use census::{AnyView, TagKey, tag, tags, view};
use census_http::Scheme;
use census_http::measures::{CLIENT_ACTIVE, SERVER_ACTIVE};
use census_http::views::{CLIENT_ACTIVE_REQUESTS, SERVER_ACTIVE_REQUESTS, SERVER_REQUEST_DURATION};
use census_tests::changes::Changes;
use census_tests::polling::poll;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Empty, Full};
use tower::{Layer, Service, ServiceExt as _, service_fn};

#[tag]
static TENANT: TagKey;

view! {
    static BY_TENANT: Sum<SERVER_ACTIVE> by (TENANT);
    static SENDING_BY_TENANT: Sum<CLIENT_ACTIVE> by (TENANT);
}

const ACTIVE: &dyn AnyView = &SERVER_ACTIVE_REQUESTS;
const SENDING: &dyn AnyView = &CLIENT_ACTIVE_REQUESTS;

type NoBody = Empty<Bytes>;
type Pending = Pin<Box<dyn Future<Output = ()> + Send>>;

fn begin() -> Changes {
    census_http::SERVER_VIEWS.register().unwrap();
    census_http::SERVER_VIEWS_IN_DEVELOPMENT.register().unwrap();
    census_http::CLIENT_VIEWS_IN_DEVELOPMENT.register().unwrap();
    Changes::begin()
}

/// A service that never answers.
fn stuck()
-> impl Service<Request<NoBody>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send {
    service_fn(async |_: Request<NoBody>| {
        std::future::pending::<()>().await;
        Ok(Response::new(Full::default()))
    })
}

/// A service that answers at once, with a body.
fn quick()
-> impl Service<Request<NoBody>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send {
    service_fn(async |_: Request<NoBody>| {
        Ok(Response::new(Full::new(Bytes::from_static(b"quick"))))
    })
}

fn request(method: Method, uri: &str) -> Request<NoBody> {
    Request::builder()
        .method(method)
        .uri(uri)
        .body(Empty::new())
        .unwrap()
}

/// Begins a request to a service that never answers.
fn begun<S>(service: &S, request: Request<NoBody>) -> Pending
where
    S: Service<Request<NoBody>, Future: Send + 'static> + Clone + Send + 'static,
{
    let mut future: Pending = {
        let future = service.clone().call(request);
        Box::pin(async { drop(future.await) })
    };
    assert!(poll(future.as_mut()).is_pending());
    future
}

#[tokio::test]
async fn requests_are_active_from_their_call_to_their_end() {
    let changes = begin();
    let measured = census_http::server().layer(stuck());
    let a = begun(&measured, request(Method::GET, "/"));
    let b = begun(&measured, request(Method::GET, "/"));
    let c = begun(&measured, request(Method::POST, "/"));
    let invented = Method::from_bytes(b"INVENTED").unwrap();
    let d = begun(&measured, request(invented, "/"));
    assert_eq!(
        changes.of(ACTIVE),
        ["GET http 2", "POST http 1", "_OTHER http 1"]
    );
    drop(b);
    assert_eq!(
        changes.of(ACTIVE),
        ["GET http 1", "POST http 1", "_OTHER http 1"]
    );
    // They may end on other threads.
    std::thread::spawn(|| drop((a, d))).join().unwrap();
    assert_eq!(changes.of(ACTIVE), ["POST http 1"]);
    drop(c);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    assert_eq!(changes.of(&BY_TENANT), [""; 0]);
}

#[tokio::test]
async fn a_response_is_active_until_its_body_is_over() {
    let changes = begin();
    let mut measured = census_http::server().layer(quick());
    let response = measured.call(request(Method::GET, "/")).await.unwrap();
    assert_eq!(changes.of(ACTIVE), ["GET http 1"]);
    response.into_body().collect().await.unwrap();
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn active_requests_have_the_tags_that_are_current_at_their_begin() {
    let changes = begin();
    let measured = census_http::server().layer(stuck());
    let a = {
        let _scope = tags!(TENANT = "acme").enter();
        begun(&measured, request(Method::GET, "/"))
    };
    let b = begun(&measured, request(Method::GET, "/"));
    assert_eq!(changes.of(ACTIVE), ["GET http 2"]);
    assert_eq!(changes.of(&BY_TENANT), ["- 1", "acme 1"]);
    {
        let _scope = tags!(TENANT = "other").enter();
        drop(b);
        drop(a);
    }
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    assert_eq!(changes.of(&BY_TENANT), [""; 0]);

    let tagged = census_http::server()
        .tags(|request| tags!(TENANT = request.uri.path()))
        .layer(stuck());
    let requests = ["/a", "/a", "/b"].map(|path| begun(&tagged, request(Method::GET, path)));
    assert_eq!(changes.of(&BY_TENANT), ["/a 2", "/b 1"]);
    assert_eq!(changes.of(ACTIVE), ["GET http 3"]);
    drop(requests);
    assert_eq!(changes.of(&BY_TENANT), [""; 0]);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_client_is_active_by_server() {
    let changes = begin();
    let layer = census_http::client().servers(["a.example", "b.example:8080"]);
    let measured = layer.layer(stuck());
    let requests = [
        "http://a.example/",
        "https://a.example/",
        "http://b.example:8080/",
        "http://b.example:8080/",
        "http://b.example/",
        "http://stranger.example/",
        "/no-host",
    ]
    .map(|uri| begun(&measured, request(Method::GET, uri)));
    let all = [
        "GET _OTHER - 3",
        "GET a.example 443 1",
        "GET a.example 80 1",
        "GET b.example 8080 2",
    ];
    assert_eq!(changes.of(SENDING), all);
    drop(requests);
    assert_eq!(changes.of(SENDING), [""; 0]);
    // The same where tags are current, for which there is no handle.
    let _scope = tags!(TENANT = "acme").enter();
    let request = begun(&measured, request(Method::GET, "https://a.example/"));
    assert_eq!(changes.of(SENDING), ["GET a.example 443 1"]);
    assert_eq!(changes.of(&SENDING_BY_TENANT), ["acme 1"]);
    drop(request);
    assert_eq!(changes.of(SENDING), [""; 0]);
}

#[tokio::test]
async fn each_of_two_layers_counts() {
    let changes = begin();
    let layer = census_http::server();
    let twice = layer.layer(layer.layer(stuck()));
    let request = begun(&twice, request(Method::GET, "/"));
    assert_eq!(changes.of(ACTIVE), ["GET http 2"]);
    drop(request);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    assert_eq!(
        changes.of(&SERVER_REQUEST_DURATION),
        ["GET http - - cancelled 2"]
    );
}

#[tokio::test]
async fn a_layer_is_shared_by_services_and_their_clones() {
    let changes = begin();
    let layer = census_http::server();
    let services = [layer.layer(stuck()), layer.clone().layer(stuck())];
    let mut requests = Vec::new();
    for service in services.iter().chain(&services.clone()) {
        requests.push(begun(service, request(Method::GET, "/")));
    }
    assert_eq!(changes.of(ACTIVE), ["GET http 4"]);
    drop((layer, services));
    assert_eq!(changes.of(ACTIVE), ["GET http 4"]);
    drop(requests);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_layer_that_is_changed_after_its_use_counts_as_it_is_now() {
    let changes = begin();
    let layer = census_http::server();
    drop(begun(&layer.layer(stuck()), request(Method::GET, "/")));
    let layer = layer.scheme(Scheme::Https).known_methods(["PROPFIND"]);
    let measured = layer.layer(stuck());
    let propfind = Method::from_bytes(b"PROPFIND").unwrap();
    let other = Method::from_bytes(b"OTHER").unwrap();
    let requests =
        [Method::GET, propfind, other].map(|method| begun(&measured, request(method, "/")));
    assert_eq!(
        changes.of(ACTIVE),
        ["GET https 1", "PROPFIND https 1", "_OTHER https 1"]
    );
    drop(requests);
    assert_eq!(changes.of(ACTIVE), [""; 0]);

    let layer = census_http::client().servers(["a.example"]);
    drop(begun(
        &layer.layer(stuck()),
        request(Method::GET, "http://b.example/"),
    ));
    let measured = layer.servers(["b.example"]).layer(stuck());
    let uris = [
        "http://a.example/",
        "http://b.example/",
        "http://c.example/",
    ];
    let requests = uris.map(|uri| begun(&measured, request(Method::POST, uri)));
    assert_eq!(
        changes.of(SENDING),
        [
            "POST _OTHER - 1",
            "POST a.example 80 1",
            "POST b.example 80 1"
        ]
    );
    drop(requests);
    assert_eq!(changes.of(SENDING), [""; 0]);
}

#[tokio::test]
async fn a_view_that_comes_or_goes_in_the_middle_never_falls_below_zero() {
    let changes = begin();
    // A view of an exporter goes with it. The others are registered for the whole program.
    view! {
        #[optional]
        static ON_REQUEST: Sum<SERVER_ACTIVE>;
    }
    static ON_REQUEST_VIEWS: census::ViewSet = census::ViewSet::new(&[&ON_REQUEST]);
    let measured = census_http::server().layer(stuck());
    let value = || ON_REQUEST.data().rows.first().map(|row| row.data);
    let before = begun(&measured, request(Method::GET, "/"));
    let exporter = Exporter::builder()
        .views(&ON_REQUEST_VIEWS)
        .build()
        .unwrap();
    let during = begun(&measured, request(Method::GET, "/"));
    assert_eq!(value(), Some(1_i64.into()));
    drop(before);
    assert_eq!(value(), Some(1_i64.into()));
    drop(exporter);
    let exporter = Exporter::builder()
        .views(&ON_REQUEST_VIEWS)
        .build()
        .unwrap();
    let again = begun(&measured, request(Method::GET, "/"));
    drop(during);
    assert_eq!(value(), Some(1_i64.into()));
    drop(again);
    assert_eq!(value(), Some(0_i64.into()));
    drop(exporter);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
}

#[tokio::test]
async fn skipped_requests_are_not_active() {
    let changes = begin();
    let measured = census_http::server().skip(|_| true).layer(stuck());
    let request = begun(&measured, request(Method::GET, "/"));
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    drop(request);
    assert_eq!(changes.of(ACTIVE), [""; 0]);
    assert!(measured.ready_oneshot().await.is_ok());
}

//! A warp service and hyper-util's client, each with a layer around, over real connections.

#![expect(clippy::panic, reason = "a helper fails the test")]
#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use census::{AnyView, TagFilter, TagKey, tag, tags};
use census_http::views::{
    CLIENT_ACTIVE_REQUESTS, CLIENT_REQUEST_BODY_SIZE, CLIENT_REQUEST_DURATION,
    CLIENT_RESPONSE_BODY_SIZE, SERVER_ACTIVE_REQUESTS, SERVER_REQUEST_DURATION,
};
use census_http::{ClientLayer, set_route};
use census_tests::PATIENCE;
use census_tests::changes::Changes;
use http::{Method, Request};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer as _, Service, ServiceExt as _};
use warp::Filter as _;

#[tag]
static TENANT: TagKey;

const SERVED: &dyn AnyView = &SERVER_REQUEST_DURATION;
const SERVING: &dyn AnyView = &SERVER_ACTIVE_REQUESTS;
const SENT: &dyn AnyView = &CLIENT_REQUEST_DURATION;
const SENDING: &dyn AnyView = &CLIENT_ACTIVE_REQUESTS;

fn begin() -> Changes {
    for views in [
        &census_http::SERVER_VIEWS,
        &census_http::SERVER_VIEWS_IN_DEVELOPMENT,
        &census_http::CLIENT_VIEWS,
        &census_http::CLIENT_VIEWS_IN_DEVELOPMENT,
    ] {
        views.register().unwrap();
    }
    Changes::begin()
}

async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .expect("it comes true");
}

/// Serves a warp service with a layer around, by hyper-util's server.
async fn serve_warp() -> SocketAddr {
    let hello = warp::path!("hello" / String).map(|name: String| {
        assert!(set_route("/hello/{name}"));
        format!("hello {name}")
    });
    let stuck = warp::path!("stuck").then(async || {
        assert!(set_route("/stuck"));
        std::future::pending::<()>().await;
        "never".to_owned()
    });
    let panics = warp::path!("panics").map(|| -> String { panic!("on purpose") });
    let tenant = warp::path!("tenant").map(|| {
        let tags = census::TagMap::current();
        tags.get(&TENANT)
            .map_or_else(String::new, ToString::to_string)
    });
    let routes = hello.or(stuck).or(panics).or(tenant);
    let layer = census_http::server().take_baggage([TagFilter::include("tenant")]);
    let service = layer.layer(warp::service(routes));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async {
                let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                server.serve_connection(TokioIo::new(stream), service).await
            });
        }
    });
    address
}

type AnyBody = UnsyncBoxBody<Bytes, std::convert::Infallible>;

fn client() -> Client<HttpConnector, AnyBody> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn request(method: Method, server: SocketAddr, path: &str) -> Request<AnyBody> {
    let uri = format!("http://{server}{path}");
    let builder = Request::builder().method(method).uri(uri);
    builder.body(AnyBody::new(Empty::new())).unwrap()
}

fn layer_for(server: SocketAddr) -> ClientLayer {
    census_http::client().servers([server.to_string()])
}

#[tokio::test]
async fn a_warp_service_is_measured() {
    let changes = begin();
    let server = serve_warp().await;
    let client = client();
    for path in ["/hello/a", "/hello/b", "/nothing"] {
        let response = client
            .request(request(Method::GET, server, path))
            .await
            .unwrap();
        response.into_body().collect().await.unwrap();
    }
    client
        .request(request(Method::GET, server, "/panics"))
        .await
        .unwrap_err();
    let stuck = tokio::spawn(client.request(request(Method::GET, server, "/stuck")));
    until(|| changes.of(SERVING) == ["GET http 1"]).await;
    stuck.abort();
    until(|| changes.of(SERVING).is_empty()).await;
    assert_eq!(
        changes.of(SERVED),
        [
            "GET http - - panicked 1",
            "GET http - 404 - 1",
            "GET http /hello/{name} 200 - 2",
            "GET http /stuck - cancelled 1",
        ]
    );
}

#[tokio::test]
async fn a_client_of_hyper_util_is_measured() {
    let changes = begin();
    let server = serve_warp().await;
    let mut client = layer_for(server).layer(client());
    let response = client
        .call(request(Method::GET, server, "/hello/a"))
        .await
        .unwrap();
    assert_eq!(
        changes.of(SENDING),
        [format!("GET 127.0.0.1 {} 1", server.port())]
    );
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "hello a"
    );
    assert_eq!(changes.of(SENDING), [""; 0]);
    let get = format!("GET 127.0.0.1 {} 200 - 1", server.port());
    assert_eq!(changes.of(SENT), [get.as_str()]);

    // A HEAD has no body; a status from 400 on is an error.
    let response = client
        .call(request(Method::HEAD, server, "/hello/a"))
        .await
        .unwrap();
    assert!(response.headers().contains_key("content-length"));
    let response = client
        .call(request(Method::PUT, server, "/nothing"))
        .await
        .unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(
        changes.of(SENT),
        [
            get,
            format!("HEAD 127.0.0.1 {} 200 - 1", server.port()),
            format!("PUT 127.0.0.1 {} 404 404 1", server.port()),
        ]
    );
}

#[tokio::test]
async fn servers_that_are_not_named_are_other() {
    let changes = begin();
    let server = serve_warp().await;
    let other = serve_warp().await;
    // Another port, another name of the same host, and a list without the server.
    let mut client = layer_for(server).layer(client());
    for uri in [
        format!("http://{other}/hello/a"),
        format!("http://localhost:{}/hello/a", server.port()),
    ] {
        let request = Request::get(uri).body(AnyBody::new(Empty::new())).unwrap();
        let response = client.call(request).await.unwrap();
        response.into_body().collect().await.unwrap();
    }
    assert_eq!(changes.of(SENT), ["GET _OTHER - 200 - 2"]);
    let mut client = census_http::client().layer(client);
    let response = client
        .call(request(Method::GET, server, "/hello/a"))
        .await
        .unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(
        changes.of(SENT),
        [
            format!("GET 127.0.0.1 {} 200 - 1", server.port()),
            "GET _OTHER - 200 - 3".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_client_that_gets_no_response_or_gives_up_has_failed() {
    let changes = begin();
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let refused = layer_for(nobody).layer(client());
    refused
        .oneshot(request(Method::GET, nobody, "/"))
        .await
        .unwrap_err();
    assert_eq!(
        changes.of(SENT),
        [format!("GET 127.0.0.1 {} - service_error 1", nobody.port())]
    );
    drop(changes);

    let changes = begin();
    let server = serve_warp().await;
    let mut client = layer_for(server).layer(client());
    let panicked = client.call(request(Method::GET, server, "/panics")).await;
    panicked.unwrap_err();
    let stuck = tokio::time::timeout(
        Duration::from_millis(20),
        client.call(request(Method::GET, server, "/stuck")),
    );
    assert!(stuck.await.is_err());
    drop(
        client
            .call(request(Method::GET, server, "/hello/a"))
            .await
            .unwrap(),
    );
    assert_eq!(
        changes.of(SENT),
        [
            format!("GET 127.0.0.1 {} - cancelled 1", server.port()),
            format!("GET 127.0.0.1 {} - service_error 1", server.port()),
            format!("GET 127.0.0.1 {} 200 cancelled 1", server.port()),
        ]
    );
    assert_eq!(changes.of(SENDING), [""; 0]);
    until(|| changes.of(SERVING).is_empty()).await;
}

#[tokio::test]
async fn sizes_of_a_clients_bodies_are_counted() {
    let changes = begin();
    let server = serve_warp().await;
    let row = |size: u64| vec![format!("POST 127.0.0.1 {} 200 - {size}", server.port())];
    let with_body = |body| {
        let mut request = request(Method::POST, server, "/hello/a");
        *request.body_mut() = body;
        request
    };
    let mut known = layer_for(server).layer(client());
    let response = known
        .call(with_body(AnyBody::new(Full::from("12345"))))
        .await
        .unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(changes.of_sums(&CLIENT_REQUEST_BODY_SIZE), row(5));
    assert_eq!(changes.of_sums(&CLIENT_RESPONSE_BODY_SIZE), row(7));
    let mut counted = layer_for(server)
        .count_request_body(AnyBody::new)
        .layer(client());
    let pieces = ["12", "3456"].map(|piece| Ok(http_body::Frame::data(Bytes::from(piece))));
    let stream = http_body_util::StreamBody::new(futures_util::stream::iter(pieces));
    let response = counted.call(with_body(AnyBody::new(stream))).await.unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(changes.of_sums(&CLIENT_REQUEST_BODY_SIZE), row(11));
}

#[tokio::test]
async fn tags_travel_from_a_client_to_a_server() {
    let _alone = begin();
    let server = serve_warp().await;
    let mut client = layer_for(server).send_baggage([]).layer(client());
    let future = {
        let _scope = tags!(TENANT = "acme, inc").enter();
        client.call(request(Method::GET, server, "/tenant"))
    };
    let body = future.await.unwrap().into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "acme, inc");
}

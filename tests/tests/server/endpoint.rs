//! The HTTP endpoint: how a program starts and stops it, and how clients see it.
//!
//! The clients are blocking sockets, so the runtimes have several threads.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender};
use std::task::Poll;
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ServeError, Server, serve};
use census_tests::polling::poll_once;
use census_tests::scrape::collecting;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use warp::Filter;

use crate::blocking::blocking;
use crate::client::{connect, receive, request, send};

fn exporter() -> Exporter {
    Exporter::builder().build_lenient()
}

/// Whether no server listens on an address, and a new one could.
fn is_free(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err() && TcpListener::bind(address).is_ok()
}

/// A server with a collector that waits, the signal of a begun scrape, and the release of the collector.
async fn blocking_server() -> (Server, Receiver<()>, Sender<()>) {
    let (exporter, begun, release) = blocking();
    (exporter.bind("127.0.0.1:0").await.unwrap(), begun, release)
}

#[test]
fn spawn_needs_no_runtime() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    assert_ne!(address.port(), 0);
    let response = request(address, "GET", "/metrics");
    assert_eq!(response.status, 200);
    assert_eq!(response.length(), response.body.len());
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert!(
        response
            .header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    assert!(
        response.body.contains("census_catalogue_problems"),
        "{}",
        response.body
    );
}

#[test]
fn accept_header_selects_the_format() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    let accept = "Accept: application/openmetrics-text; version=1.0.0\r\n";
    let response = receive(send(address, "GET", "/metrics?x=y", accept));
    assert!(
        response
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(response.body.ends_with("# EOF\n"));
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    let (get, head) = (
        request(address, "GET", "/metrics"),
        request(address, "HEAD", "/metrics"),
    );
    assert_eq!(head.status, 200);
    assert_eq!(head.body, "");
    assert_eq!(head.header("content-type"), get.header("content-type"));
    // Not equal: the library reports on itself, for example how many seconds it has rendered.
    assert!(head.length() > get.length() / 2);
}

#[test]
fn other_paths_are_404_and_other_methods_405() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    for path in ["/metrics/x", "/metric", "//", "/%00", "/metricsx?/metrics"] {
        let response = request(address, "GET", path);
        assert_eq!(response.status, 404, "{path}");
        assert!(response.body.contains("nothing here"), "{}", response.body);
    }
    assert_eq!(request(address, "POST", "/x").status, 404);
    for method in ["POST", "PUT", "DELETE", "TRACE", "BREW"] {
        let response = request(address, method, "/metrics");
        assert_eq!(
            (response.status, response.header("allow")),
            (405, Some("get, head, options")),
            "{method}"
        );
    }
}

#[test]
fn many_requests_on_one_connection() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let mut client = connect(server.local_addr());
    for _ in 0..3 {
        client
            .write_all(b"HEAD /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        assert!(head.starts_with(b"HTTP/1.1 200 "));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn port_in_use() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    let errors = [
        exporter().spawn(address).unwrap_err(),
        exporter().bind(address).await.unwrap_err(),
        serve(address.to_string()).await.unwrap_err(),
    ];
    for error in errors {
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("cannot listen on {address}: another program")),
            "{text}"
        );
        let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(source.kind(), io::ErrorKind::AddrInUse);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_address() {
    // A label of a host name has at most 63 characters, so this needs no name server to be rejected.
    let long = format!("{}:80", "x".repeat(64));
    for address in ["8000", "localhost", "127.0.0.1:65536", "", &long] {
        for error in [
            exporter().spawn(address).unwrap_err(),
            exporter().bind(address).await.unwrap_err(),
        ] {
            assert!(matches!(error, ServeError::Address { .. }), "{error}");
            assert!(
                error.to_string().contains(&format!("`{address}`")),
                "{error}"
            );
        }
    }
    // An address that is reserved for documentation, so no interface has it.
    let error = exporter().bind("192.0.2.1:8000").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no interface of this machine has the address 192.0.2.1"),
        "{error}"
    );
}

#[test]
fn bind_without_a_runtime_is_an_error() {
    let polled = poll_once(exporter().bind("127.0.0.1:0"));
    assert!(
        matches!(polled, Poll::Ready(Err(ServeError::NoRuntime))),
        "{polled:?}"
    );
    let bare = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let error = bare.block_on(serve("127.0.0.1:0")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`Exporter::spawn`, which needs none"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_runs_in_the_background() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // On another task, because the future must be `Send`.
    tokio::spawn(serve(("127.0.0.1", port)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        request(([127, 0, 0, 1], port).into(), "GET", "/metrics").status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_frees_the_port() {
    let server = exporter().bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    assert_eq!(request(address, "GET", "/metrics").status, 200);
    let _idle = connect(address);
    let since = Instant::now();
    server.shutdown().await;
    assert!(is_free(address));
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "{:?}",
        since.elapsed()
    );
    let again = exporter().bind(address).await.unwrap();
    assert_eq!(again.local_addr(), address);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_waits_for_requests_in_flight() {
    let (server, begun, release) = blocking_server().await;
    let client = send(server.local_addr(), "GET", "/metrics", "");
    begun.recv().unwrap();
    let shutdown = tokio::spawn(server.shutdown());
    std::thread::sleep(Duration::from_millis(50));
    assert!(!shutdown.is_finished());
    release.send(()).unwrap();
    shutdown.await.unwrap();
    let response = receive(client);
    assert_eq!(
        (response.status, response.length()),
        (200, response.body.len())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_server_stops_at_once() {
    let (server, begun, release) = blocking_server().await;
    let address = server.local_addr();
    let mut client = send(address, "GET", "/metrics", "");
    begun.recv().unwrap();
    drop(server);
    let mut response = Vec::new();
    match client.read_to_end(&mut response) {
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
        Ok(read) => assert_eq!(read, 0),
    }
    let since = Instant::now();
    while !is_free(address) {
        assert!(since.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(1));
    }
    release.send(()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn panicking_collector_is_a_500() {
    #[derive(Debug)]
    struct Panics;
    impl Collector for Panics {
        fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
            panic!("on purpose")
        }
    }
    let exporter = collecting(Panics).build_lenient();
    let server = exporter.bind("127.0.0.1:0").await.unwrap();
    for _ in 0..2 {
        assert_eq!(request(server.local_addr(), "GET", "/metrics").status, 500);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn warp_filter_in_a_users_server() {
    let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!"));
    let internal = warp::path("internal").and(exporter().warp_filter());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(
        warp::serve(exporter().warp_filter().or(internal).or(hello))
            .incoming(listener)
            .run(),
    );
    assert_eq!(request(address, "GET", "/hello/you").body, "Hello, you!");
    assert_eq!(request(address, "GET", "/metrics").status, 200);
    assert_eq!(request(address, "GET", "/internal/metrics").status, 200);
    assert_eq!(
        request(address, "POST", "/metrics").header("allow"),
        Some("get, head, options")
    );
    assert_eq!(request(address, "GET", "/").status, 404);
    let head = request(address, "HEAD", "/metrics");
    assert!(head.length() > 0 && head.body.is_empty());
}

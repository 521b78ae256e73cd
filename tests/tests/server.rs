//! The HTTP endpoint, as a program starts and stops it, and as clients see it.
//!
//! Clients are plain sockets, which block: the runtimes have threads of their own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests, which clippy takes for anything but"
)]

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ServeError, Server, serve};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Registry;
use warp::Filter;

fn exporter() -> Exporter {
    Exporter::builder().build_lenient()
}

fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    client
}

fn send(address: SocketAddr, method: &str, path: &str, header: &str) -> TcpStream {
    let mut client = connect(address);
    write!(
        client,
        "{method} {path} HTTP/1.1\r\nHost: test\r\n{header}Connection: close\r\n\r\n"
    )
    .unwrap();
    client
}

struct Answer {
    status: u16,
    /// In lower case.
    headers: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn length(&self) -> usize {
        self.header("content-length").unwrap().parse().unwrap()
    }
}

fn receive(mut client: TcpStream) -> Answer {
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|head| head.get(..3))
        .unwrap();
    Answer {
        status: status.parse().unwrap(),
        headers: head.to_lowercase(),
        body: body.to_owned(),
    }
}

fn ask(address: SocketAddr, method: &str, path: &str) -> Answer {
    receive(send(address, method, path, ""))
}

/// A client would be answered there if there was a server.
fn is_free(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err() && TcpListener::bind(address).is_ok()
}

/// A collector of a user's, which takes until it is told to go on.
struct Slow {
    begun: Sender<()>,
    go_on: Mutex<Receiver<()>>,
}

impl fmt::Debug for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slow")
    }
}

impl Collector for Slow {
    fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
        self.begun.send(()).map_err(|_| fmt::Error)?;
        self.go_on.lock().unwrap().recv().map_err(|_| fmt::Error)
    }
}

/// A server with such a collector.
async fn slow_server() -> (Server, Receiver<()>, Sender<()>) {
    let (begun, has_begun) = channel();
    let (go_on, wait) = channel();
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Slow {
        begun,
        go_on: Mutex::new(wait),
    }));
    let exporter = Exporter::builder().registry(registry).build_lenient();
    (
        exporter.bind("127.0.0.1:0").await.unwrap(),
        has_begun,
        go_on,
    )
}

#[test]
fn a_program_without_a_runtime_spawns_it() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    assert_ne!(address.port(), 0);
    let answer = ask(address, "GET", "/metrics");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.length(), answer.body.len());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    assert!(
        answer.body.contains("census_catalogue_problems"),
        "{}",
        answer.body
    );
}

#[test]
fn the_accept_header_decides_the_format() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    let accept = "Accept: application/openmetrics-text; version=1.0.0\r\n";
    let answer = receive(send(address, "GET", "/metrics?x=y", accept));
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(answer.body.ends_with("# EOF\n"));
}

#[test]
fn a_head_has_the_headers_of_the_get_and_no_body() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    let (get, head) = (
        ask(address, "GET", "/metrics"),
        ask(address, "HEAD", "/metrics"),
    );
    assert_eq!(head.status, 200);
    assert_eq!(head.body, "");
    assert_eq!(head.header("content-type"), get.header("content-type"));
    assert_eq!(head.length(), get.length());
}

#[test]
fn other_paths_are_404_and_other_methods_405() {
    let server = exporter().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    for path in [
        "/",
        "/metrics/x",
        "/metric",
        "//",
        "/%00",
        "/metricsx?/metrics",
    ] {
        let answer = ask(address, "GET", path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("/metrics"), "{}", answer.body);
    }
    assert_eq!(ask(address, "POST", "/").status, 404);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let answer = ask(address, method, "/metrics");
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("get, head")),
            "{method}"
        );
    }
}

#[test]
fn a_connection_serves_many_requests() {
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
async fn a_port_in_use_is_an_error_that_names_it() {
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
async fn an_address_that_is_none_is_an_error_that_quotes_it() {
    // A label longer than a host name's may be: nobody needs to be asked to refuse it.
    let unknown = format!("{}:80", "x".repeat(64));
    let bad = ["8000", "localhost", "127.0.0.1:65536", "", &unknown];
    for address in bad {
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
    // An address of the documentation's, which no interface has.
    let error = exporter().bind("192.0.2.1:8000").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no interface of this machine has the address 192.0.2.1"),
        "{error}"
    );
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let polled = pin!(exporter().bind("127.0.0.1:0")).poll(&mut Context::from_waker(Waker::noop()));
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
async fn serve_goes_on_in_the_background() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // On another task, to see that the future may be sent there.
    tokio::spawn(serve(("127.0.0.1", port)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        ask(([127, 0, 0, 1], port).into(), "GET", "/metrics").status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_frees_the_port() {
    let server = exporter().bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    assert_eq!(ask(address, "GET", "/metrics").status, 200);
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
async fn a_shutdown_lets_a_request_in_flight_finish() {
    let (server, begun, go_on) = slow_server().await;
    let client = send(server.local_addr(), "GET", "/metrics", "");
    begun.recv().unwrap();
    let shutdown = tokio::spawn(server.shutdown());
    std::thread::sleep(Duration::from_millis(50));
    assert!(!shutdown.is_finished());
    go_on.send(()).unwrap();
    shutdown.await.unwrap();
    let answer = receive(client);
    assert_eq!((answer.status, answer.length()), (200, answer.body.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_server_stops_at_once() {
    let (server, begun, go_on) = slow_server().await;
    let address = server.local_addr();
    let mut client = send(address, "GET", "/metrics", "");
    begun.recv().unwrap();
    drop(server);
    let mut answer = Vec::new();
    match client.read_to_end(&mut answer) {
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
        Ok(read) => assert_eq!(read, 0),
    }
    let since = Instant::now();
    while !is_free(address) {
        assert!(since.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(1));
    }
    go_on.send(()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_panics_is_a_500() {
    #[derive(Debug)]
    struct Panics;
    impl Collector for Panics {
        fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
            panic!("a collector's, in a test")
        }
    }
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Panics));
    let server = Exporter::builder()
        .registry(registry)
        .build_lenient()
        .bind("127.0.0.1:0")
        .await
        .unwrap();
    for _ in 0..2 {
        assert_eq!(ask(server.local_addr(), "GET", "/metrics").status, 500);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_routes_go_beside_those_of_the_users_own_server() {
    let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!"));
    let internal = warp::path("internal").and(exporter().warp_filter());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(
        warp::serve(exporter().warp_filter().or(internal).or(hello))
            .incoming(listener)
            .run(),
    );
    assert_eq!(ask(address, "GET", "/hello/you").body, "Hello, you!");
    assert_eq!(ask(address, "GET", "/metrics").status, 200);
    assert_eq!(ask(address, "GET", "/internal/metrics").status, 200);
    assert_eq!(
        ask(address, "POST", "/metrics").header("allow"),
        Some("get, head")
    );
    assert_eq!(ask(address, "GET", "/").status, 404);
    let head = ask(address, "HEAD", "/metrics");
    assert!(head.length() > 0 && head.body.is_empty());
}

//! Unix sockets, and listeners that somebody else has opened.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;

use census::prometheus::ServeError;
use census_tests::{eventually, process};

use crate::client::{Response, ask, exporter};

fn scrape(path: &Path) -> Response {
    ask(UnixStream::connect(path).unwrap(), "GET", "/metrics", "")
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_is_served_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let server = exporter().server().bind_unix(&path).unwrap();
    assert_eq!(server.local_addr().as_pathname(), Some(&*path));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(scrape(&path).status, 200);
    server.shutdown().await;
    assert!(!path.exists());
    // The path can be used again.
    let server = exporter()
        .server()
        .unix_mode(0o666)
        .bind_unix(&path)
        .unwrap();
    assert_eq!(mode(&path), 0o666);
    assert_eq!(scrape(&path).status, 200);
    drop(server);
    assert!(eventually(|| (!path.exists()).then_some(())).is_some());
}

#[test]
fn a_runtime_that_is_dropped_removes_the_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let entered = runtime.enter();
    let _server = exporter().server().bind_unix(&path).unwrap();
    assert!(path.exists());
    drop(entered);
    drop(runtime);
    assert!(!path.exists());
}

#[test]
fn curl_scrapes_a_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let server = exporter().server().spawn_unix(&path).unwrap();
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--unix-socket"]);
    let body = process::succeed(curl.arg(&path).arg("http://localhost/metrics"));
    assert!(body.contains("census_catalogue_problems"), "{body}");
    server.shutdown();
    assert!(!path.exists());
}

#[test]
fn what_a_dead_server_left_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = exporter().server().spawn_unix(&path).unwrap();
    assert_eq!(scrape(&path).status, 200);
    // A live one is not.
    let error = exporter().server().spawn_unix(&path).unwrap_err();
    assert!(matches!(error, ServeError::UnixSocket { .. }), "{error}");
    assert_eq!(scrape(&path).status, 200);
    server.shutdown();
}

#[test]
fn another_servers_socket_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let first = exporter().server().spawn_unix(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let second = exporter().server().spawn_unix(&path).unwrap();
    first.shutdown();
    assert_eq!(scrape(&path).status, 200);
    second.shutdown();
    assert!(!path.exists());
}

#[test]
fn an_open_listener_is_served_and_its_file_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let server = exporter().server().spawn_listener(listener).unwrap();
    assert_eq!(scrape(&path).status, 200);
    server.shutdown();
    assert!(path.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_listener_is_served_on_a_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let server = exporter().server().listen(listener).unwrap();
    assert_eq!(scrape(&path).status, 200);
    server.shutdown().await;
}

#[test]
fn without_a_runtime_no_file_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let error = exporter().server().bind_unix(&path).unwrap_err();
    assert!(matches!(error, ServeError::NoRuntime), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_mode_that_is_none_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    // Decimal by mistake.
    let error = exporter()
        .server()
        .unix_mode(660)
        .spawn_unix(&path)
        .unwrap_err();
    assert!(error.to_string().contains("0o660"), "{error}");
    assert!(!path.exists());
}

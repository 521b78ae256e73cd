//! Scrapes of a server whose other clients, or whose collectors, misbehave.
//!
//! A program of its own: its many connections could take a port that another test of the server has freed and binds
//! again.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fmt;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ServerThread};
use census_tests::scrape::collecting;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

/// Longer than anything takes that does not wait for a limit.
const SOON: Duration = Duration::from_secs(5);

const GET: &str = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

/// More connections than a server has.
const CROWD: usize = 80;

fn server() -> ServerThread {
    let exporter = Exporter::builder().build_lenient();
    exporter.spawn("127.0.0.1:0").unwrap()
}

fn send(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(SOON * 2)).unwrap();
    client.write_all(bytes.as_bytes()).unwrap();
    client
}

/// A scrape, which must be answered soon.
fn assert_scraped(address: SocketAddr) {
    let start = Instant::now();
    let mut answer = [0; 13];
    send(address, GET).read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 ");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn idle_connections_keep_no_scrape_out() {
    let server = server();
    let crowd: Vec<_> = (0..CROWD).map(|_| send(server.local_addr(), "")).collect();
    assert_scraped(server.local_addr());
    drop(crowd);
}

#[test]
fn incomplete_requests_keep_no_scrape_out() {
    let server = server();
    let crowd: Vec<_> = (0..CROWD)
        .map(|_| send(server.local_addr(), "GET /metrics HTTP/1.1\r\nHost"))
        .collect();
    assert_scraped(server.local_addr());
    drop(crowd);
}

#[test]
fn connections_that_scrape_now_and_then_keep_no_scrape_out() {
    let server = server();
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let mut client = send(server.local_addr(), GET);
        client.read_exact(&mut [0; 13]).unwrap();
        crowd.push(client);
    }
    assert_scraped(server.local_addr());
}

#[test]
fn a_client_that_ends_its_side_gets_its_answer() {
    let server = server();
    let mut client = send(server.local_addr(), GET);
    client.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("census_catalogue_problems"), "{answer}");
}

#[test]
fn http2_with_prior_knowledge_is_answered() {
    let server = server();
    let mut client = send(
        server.local_addr(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0",
    );
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 505 "), "{answer}");
}

/// A collector that hangs until the test ends.
struct Hanging {
    begun: Mutex<Sender<()>>,
    release: Mutex<Receiver<()>>,
}

impl fmt::Debug for Hanging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hanging")
    }
}

impl Collector for Hanging {
    fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
        self.begun.lock().unwrap().send(()).unwrap();
        let _ = self.release.lock().unwrap().recv();
        Ok(())
    }
}

/// A program can use its blocking threads, and drop its runtime, while a collector hangs and clients wait.
#[test]
fn a_collector_that_hangs_holds_no_thread_of_the_runtime() {
    let (begun_sender, begun) = channel();
    let (release, release_receiver) = channel::<()>();
    let exporter = collecting(Hanging {
        begun: Mutex::new(begun_sender),
        release: Mutex::new(release_receiver),
    })
    .build_lenient();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(exporter.bind("127.0.0.1:0")).unwrap();
    let crowd: Vec<_> = (0..CROWD / 2)
        .map(|_| send(server.local_addr(), GET))
        .collect();
    begun.recv().unwrap();
    let start = Instant::now();
    runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
    drop(runtime);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    drop((crowd, server, release));
}

//! A real Prometheus scrapes a server on which a flood of other clients opens connections without end.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ServerThread, ServerTls};
use census_tests::certificates::Authority;
use census_tests::eventually;
use census_tests::prometheus::{JOB, Prometheus};
use census_tests::scrape::{self, Samples};
use socket2::{Domain, SockAddr, Socket, Type};
use tokio_rustls::rustls;

/// What clients of the flood send. They do not read.
fn sent() -> Vec<Vec<u8>> {
    let hello = client_hello();
    let texts = [
        "",
        "GET /metrics HTTP/1.1\r\nHost",
        "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    ];
    let mut sent: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_owned()).into();
    sent.push(hello.get(..hello.len() / 2).unwrap().to_owned());
    // The server has to sign something for each of these.
    sent.push(hello);
    sent
}

/// The first message of a handshake of TLS.
fn client_hello() -> Vec<u8> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    hello
}

/// Threads that open connections from one address each, and keep the last few of them, until this is dropped.
struct Flood {
    is_over: Arc<AtomicBool>,
    opened: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Flood {
    fn start(target: SocketAddr, sources: &[Ipv4Addr]) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let opened = Arc::new(AtomicU64::new(0));
        let sent = Arc::new(sent());
        let threads = sources.iter().copied().enumerate().map(|(index, source)| {
            let sent = Arc::clone(&sent);
            let (is_over, opened) = (Arc::clone(&is_over), Arc::clone(&opened));
            thread::spawn(move || {
                let mut open = std::collections::VecDeque::new();
                for sent in sent.iter().cycle().skip(index) {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let Ok(mut client) = connect(source, target) else {
                        continue;
                    };
                    // It fails if the server has closed the connection already.
                    let _ = client.write_all(sent);
                    opened.fetch_add(1, Ordering::Relaxed);
                    open.push_back(client);
                    if open.len() > 200 {
                        open.pop_front();
                    }
                }
            })
        });
        Self {
            threads: threads.collect(),
            is_over,
            opened,
        }
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn connect(source: Ipv4Addr, target: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // The ports of connections that are closed by the flood are free at once.
    socket.set_linger(Some(Duration::ZERO))?;
    socket.bind(&SockAddr::from(SocketAddr::from((source, 0))))?;
    socket.connect_timeout(&target.into(), Duration::from_secs(1))?;
    Ok(socket.into())
}

/// Prometheus scrapes each second during a flood. No scrape may fail.
fn assert_stays_up(
    exporter: &Exporter,
    server: &ServerThread,
    settings: &str,
    sources: &[Ipv4Addr],
) {
    let address = server.local_addr();
    let prometheus = Prometheus::with_settings(address, settings);
    assert_eq!(prometheus.wait_for_health("up"), "");
    let flood = Flood::start(address, sources);
    let start = Instant::now();
    let count = format!("count_over_time(up{{job=\"{JOB}\"}}[1m])");
    let before = prometheus.value(&count).unwrap();
    let found = eventually(|| prometheus.value(&count).filter(|now| *now >= before + 8.0));
    assert!(found.is_some(), "too few scrapes in {:?}", start.elapsed());
    let opened = flood.opened.load(Ordering::Relaxed);
    drop(flood);
    let least = format!("min_over_time(up{{job=\"{JOB}\"}}[1m])");
    assert_eq!(
        prometheus.value(&least),
        Some(1.0),
        "{:?}",
        prometheus.health()
    );
    // It was a flood, and it was displaced.
    assert!(opened > 500, "{opened}");
    let samples = Samples::parse(&scrape::text(exporter));
    let displaced = samples.value_with("census_closed_connections_total", "reason", "displaced");
    assert!(displaced > 100, "{displaced} of {opened}");
}

fn source(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 1, last)
}

#[test]
fn prometheus_stays_up_in_a_flood_from_one_address() {
    let exporter = Exporter::builder().build_lenient();
    let server = exporter.spawn("127.0.0.1:0").unwrap();
    assert_stays_up(&exporter, &server, "", &[source(1), source(1)]);
}

#[test]
fn prometheus_stays_up_in_a_flood_from_many_addresses() {
    let exporter = Exporter::builder().build_lenient();
    let server = exporter.spawn("127.0.0.1:0").unwrap();
    assert_stays_up(&exporter, &server, "", &[1, 2, 3, 4].map(source));
}

#[test]
fn prometheus_stays_up_in_a_flood_over_tls() {
    let authority = Authority::new();
    let directory = tempfile::tempdir().unwrap();
    let ca = directory.path().join("ca");
    std::fs::write(&ca, &authority.certificate).unwrap();
    let identity = authority.server("server");
    let tls = ServerTls::from_pem(&identity.certificate, &identity.key).unwrap();
    let exporter = Exporter::builder().build_lenient();
    let server = exporter.server().tls(tls).spawn("127.0.0.1:0").unwrap();
    let settings = format!(
        "scheme: https\ntls_config:\n  ca_file: '{}'\n",
        ca.display()
    );
    let sources = [1, 2, 3].map(source);
    assert_stays_up(&exporter, &server, &settings, &sources);
}

#[test]
fn prometheus_stays_up_in_a_flood_from_its_own_address() {
    let exporter = Exporter::builder().build_lenient();
    let server = exporter.spawn("127.0.0.1:0").unwrap();
    assert_stays_up(&exporter, &server, "", &[Ipv4Addr::LOCALHOST]);
}

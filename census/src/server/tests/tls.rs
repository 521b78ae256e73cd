//! Clients that misbehave within TLS.

use std::sync::Arc;

use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::*;
use crate::server::counts::{Counts, Family};
use crate::server::tls::{Current, ServerTls};

/// A server with TLS, its counts, and the settings of its clients.
fn start_tls(limits: Limits) -> (Running, Arc<Counts>, Arc<ClientConfig>) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = ServerTls::from_pem(cert.pem(), signing_key.serialize_pem()).unwrap();
    let counts = Arc::<Counts>::default();
    let entrance = Entrance {
        tls: Some(Arc::new(
            Current::new(&tls, limits.reread, Arc::clone(&counts)).unwrap(),
        )),
        counts: Arc::clone(&counts),
        #[cfg(feature = "ipnet")]
        allowed: None,
    };
    let server = start_behind(entrance, limits, |_| {
        Box::pin(async { scrape("a 1\n".repeat(100_000)) })
    });
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (server, counts, Arc::new(client))
}

/// How many handshakes have failed.
fn failed(counts: &Counts) -> u64 {
    let mut closed = counts.iter(Family::ClosedConnections);
    closed.find(|(reason, _)| *reason == "tls").unwrap().1
}

/// A client on a connection, which has not begun the handshake.
fn client(
    stream: TcpStream,
    config: &Arc<ClientConfig>,
) -> StreamOwned<ClientConnection, TcpStream> {
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::clone(config), name).unwrap();
    StreamOwned::new(client, stream)
}

/// The response to a scrape, and what is read until the server closes the connection.
fn scrape_tls(stream: TcpStream, config: &Arc<ClientConfig>, request: &str) -> String {
    let mut client = client(stream, config);
    client.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // The server says that it ends: an end without that is an error.
    client.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_scrape_and_http2_with_prior_knowledge() {
    let (server, counts, config) = start_tls(LONG);
    let answer = scrape_tls(server.connect(), &config, GET);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.len() > 400_000, "{}", answer.len());
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let answer = scrape_tls(server.connect(), &config, preface);
    assert!(answer.starts_with("HTTP/1.1 505 "), "{answer}");
    assert_eq!(failed(&counts), 0);
}

#[test]
fn a_handshake_has_the_time_of_a_head() {
    let limits = Limits {
        head: Duration::from_millis(200),
        ..LONG
    };
    let (server, _, config) = start_tls(limits);
    let idle = server.connect();
    let start = Instant::now();
    // The first byte of a record.
    assert_eq!(read(server.send("\u{16}")), "");
    assert!(
        start.elapsed() >= limits.head && start.elapsed() < SOON,
        "{:?}",
        start.elapsed()
    );
    // Neither a connection without a byte nor one after the handshake has to send soon.
    let mut open = client(server.connect(), &config);
    while open.conn.is_handshaking() {
        open.conn.complete_io(&mut open.sock).unwrap();
    }
    std::thread::sleep(limits.head * 2);
    open.write_all(GET.as_bytes()).unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(scrape_tls(idle, &config, GET).starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_failed_handshake_concerns_no_other_connection() {
    let (server, counts, config) = start_tls(LONG);
    let mut open = client(server.connect(), &config);
    open.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    open.read_exact(&mut [0; 8]).unwrap();
    // Not TLS at all, and a handshake with an unknown message of one byte.
    assert_eq!(read(server.send("\0\u{1}\u{2}")), "");
    assert!(!read(server.send("\u{16}\u{3}\u{1}\0\u{5}\u{63}\0\0\u{1}x")).starts_with("HTTP"));
    // HTTP without TLS.
    let answer = server.ask(GET);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.ends_with("https://.\n"), "{answer}");
    assert_eq!(failed(&counts), 3);
    // A client that looks whether the port is open.
    let looks = server.connect();
    looks.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read(looks), "");
    assert_eq!(failed(&counts), 3);
    // A client that does not trust the certificate.
    let trusts_none = ClientConfig::builder_with_provider(Arc::clone(config.crypto_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let mut distrusting = client(server.connect(), &Arc::new(trusts_none));
    distrusting.write_all(GET.as_bytes()).unwrap_err();
    let start = Instant::now();
    while failed(&counts) < 4 {
        assert!(start.elapsed() < SOON);
        std::thread::yield_now();
    }
    let mut rest = vec![0; 100_000];
    open.read_exact(&mut rest).unwrap();
    assert!(scrape_tls(server.connect(), &config, GET).starts_with("HTTP/1.1 200 "));
}

#[test]
fn handshakes_that_never_end_do_not_keep_a_new_one_out() {
    let (server, _, config) = start_tls(LONG);
    let stuck: Vec<_> = (0..LONG.connections * 3)
        .map(|_| server.send("\u{16}\u{3}\u{1}"))
        .collect();
    for _ in 0..3 {
        let answer = scrape_tls(server.connect(), &config, GET);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    drop(stuck);
}

#[test]
fn a_client_that_does_not_read_is_cut_off_within_tls() {
    let limits = Limits {
        stall: Duration::from_millis(200),
        ..LONG
    };
    let (server, _, config) = start_tls(limits);
    let mut stalled = client(server.connect(), &config);
    for _ in 0..200 {
        // Many responses: more than the system buffers.
        if stalled
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            .is_err()
        {
            break;
        }
    }
    std::thread::sleep(limits.stall * 5);
    let mut answer = Vec::new();
    // It ends without the server having said so.
    assert!(stalled.read_to_end(&mut answer).is_err());
    assert!(answer.len() < 200 * 400_000, "{}", answer.len());
}

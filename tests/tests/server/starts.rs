//! Where a server listens, and how it is started and stopped.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ServeError};

/// Longer than anything takes that does not wait for a limit.
const SOON: Duration = Duration::from_secs(5);

fn exporter() -> Exporter {
    Exporter::builder().build_lenient()
}

fn scrape(address: SocketAddr) -> String {
    let mut client = TcpStream::connect(address).unwrap();
    client
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    answer
}

fn is_served(address: SocketAddr) -> bool {
    scrape(address).starts_with("HTTP/1.1 200 ")
}

/// The addresses of `localhost` on which this machine can listen.
fn localhost() -> Vec<IpAddr> {
    let families = [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    let resolved: Vec<_> = std::net::ToSocketAddrs::to_socket_addrs("localhost:0")
        .unwrap()
        .map(|address| address.ip())
        .collect();
    families
        .into_iter()
        .filter(|ip| resolved.contains(ip) && TcpListener::bind((*ip, 0)).is_ok())
        .collect()
}

#[test]
fn a_host_name_stands_for_all_of_its_addresses() {
    let server = exporter().spawn("localhost:0").unwrap();
    let port = server.local_addr().port();
    assert_eq!(server.local_addrs().first(), Some(&server.local_addr()));
    for ip in localhost() {
        let address = SocketAddr::new(ip, port);
        assert!(server.local_addrs().contains(&address), "{server:?}");
        assert!(is_served(address), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_without_a_host_stands_for_every_interface() {
    let servers = [
        exporter().bind(":0").await.unwrap().local_addrs().to_vec(),
        exporter().spawn(":0").unwrap().local_addrs().to_vec(),
    ];
    for addresses in servers {
        assert!(addresses.iter().all(|it| it.ip().is_unspecified()));
        assert!(addresses.iter().any(SocketAddr::is_ipv4), "{addresses:?}");
    }
    let server = exporter().bind(":0").await.unwrap();
    for ip in localhost() {
        let address = SocketAddr::new(ip, server.local_addr().port());
        assert!(is_served(address), "{address}");
    }
}

#[test]
fn one_address_in_use_is_an_error_that_names_it() {
    for ip in localhost() {
        let other = TcpListener::bind((ip, 0)).unwrap();
        let used = other.local_addr().unwrap();
        let error = exporter()
            .spawn(format!("localhost:{}", used.port()))
            .unwrap_err();
        assert!(matches!(error, ServeError::Listen { .. }), "{error}");
        assert!(error.to_string().contains(&used.to_string()), "{error}");
    }
}

#[test]
fn a_spawned_server_can_be_shut_down_and_dropped() {
    for is_dropped in [false, true] {
        let server = exporter().spawn("127.0.0.1:0").unwrap();
        let address = server.local_addr();
        assert!(is_served(address));
        let idle = TcpStream::connect(address).unwrap();
        let start = Instant::now();
        if is_dropped {
            drop(server);
            while TcpStream::connect(address).is_ok() {
                assert!(start.elapsed() < SOON);
                std::thread::yield_now();
            }
        } else {
            server.shutdown();
            assert!(TcpStream::connect(address).is_err());
        }
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        drop(idle);
        drop(TcpListener::bind(address).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_listener_is_served() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = exporter().server().listen(listener).unwrap();
    assert_eq!(server.local_addrs(), [address]);
    assert!(is_served(address));
    server.shutdown().await;
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn an_open_listener_without_a_runtime_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = exporter().server().listen(listener).unwrap_err();
    assert!(matches!(error, ServeError::NoRuntime), "{error}");
}

//! Connections from other addresses are closed when they are accepted.

use std::io::{Read, Write};
use std::net::SocketAddr;

use census::prometheus::ServeError;

use crate::client::{connect, exporter, scrape};

/// Whether a connection is closed without a response. `text` is sent first.
fn is_closed(address: SocketAddr, text: &str) -> bool {
    let mut stream = connect(address);
    // The server may have closed the connection already.
    let _ = stream.write_all(text.as_bytes());
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    read.is_empty()
}

const GET: &str = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

#[test]
fn clients_in_a_range_are_served_and_others_are_not() {
    for (range, is_served) in [
        ("127.0.0.0/8", true),
        ("127.0.0.1/32", true),
        ("10.0.0.0/8", false),
        ("::/0", false),
    ] {
        let builder = exporter().server().allow([range.parse().unwrap()]);
        let server = builder.spawn("127.0.0.1:0").unwrap();
        let address = server.local_addr();
        if is_served {
            assert_eq!(scrape(address, "").status, 200, "{range}");
        } else {
            assert!(is_closed(address, &format!("{GET}\r\n")), "{range}");
            // Before the client has sent anything.
            assert!(is_closed(address, ""), "{range}");
        }
    }
}

#[test]
fn headers_do_not_change_the_address() {
    let builder = exporter().server().allow(["10.0.0.0/8".parse().unwrap()]);
    let server = builder.spawn("127.0.0.1:0").unwrap();
    let forwarded = "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\n\r\n";
    assert!(is_closed(server.local_addr(), &format!("{GET}{forwarded}")));
}

#[test]
fn calls_add_ranges() {
    let builder = exporter().server();
    let builder = builder.allow(["10.0.0.0/8".parse().unwrap()]);
    let builder = builder.allow(["127.0.0.0/8".parse().unwrap()]);
    let server = builder.spawn("127.0.0.1:0").unwrap();
    assert_eq!(scrape(server.local_addr(), "").status, 200);
}

#[test]
fn an_ipv4_client_of_a_socket_of_both_families_has_an_ipv4_address() {
    use socket2::{Domain, Socket, Type};
    let Ok(socket) = Socket::new(Domain::IPV6, Type::STREAM, None) else {
        return;
    };
    socket.set_only_v6(false).unwrap();
    let any: SocketAddr = "[::]:0".parse().unwrap();
    if socket.bind(&any.into()).is_err() {
        // This machine has no IPv6.
        return;
    }
    socket.listen(16).unwrap();
    let listener = std::net::TcpListener::from(socket);
    let port = listener.local_addr().unwrap().port();
    let builder = exporter().server().allow(["127.0.0.0/8".parse().unwrap()]);
    let server = builder.spawn_listener(listener).unwrap();
    let response = scrape(([127, 0, 0, 1], port).into(), "");
    assert_eq!(response.status, 200);
    server.shutdown();
}

#[test]
fn a_range_that_no_client_can_be_in_is_an_error() {
    let error = exporter().server().allow([]).spawn("127.0.0.1:0");
    let error = error.unwrap_err();
    assert!(
        matches!(
            error,
            ServeError::Setting {
                setting: "allow",
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("there is no range"), "{error}");
}

#[cfg(unix)]
#[test]
fn ranges_on_a_unix_socket_are_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let builder = || exporter().server().allow(["10.0.0.0/8".parse().unwrap()]);
    let listener = std::os::unix::net::UnixListener::bind(directory.path().join("open")).unwrap();
    for error in [
        builder().spawn_unix(&path).unwrap_err(),
        builder().spawn_listener(listener).unwrap_err(),
    ] {
        assert!(
            matches!(
                error,
                ServeError::Setting {
                    setting: "allow",
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.to_string().contains("have no addresses"), "{error}");
    }
    assert!(!path.exists());
}

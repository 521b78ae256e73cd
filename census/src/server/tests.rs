//! Tests of a server with small limits and clients that misbehave.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::limits::Limits;
use super::listen::listen;
use super::routes::Scraper;
use super::run::Stop;
use super::thread;
use crate::prometheus::Scrape;

const SMALL: Limits = Limits {
    request: Duration::from_millis(200),
    stall: Duration::from_millis(200),
    drain: Duration::from_millis(200),
    ..Limits::STANDARD
};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<Stop>,
    /// Disconnected once the server has ended.
    ended: mpsc::Receiver<()>,
}

fn scrape(body: String) -> Scrape {
    Scrape {
        status: 200,
        content_type: "text/plain; version=0.0.4",
        body: body.into(),
    }
}

fn start(
    limits: Limits,
    scraper: impl Fn(Option<&str>) -> Scrape + Send + Sync + 'static,
) -> Running {
    let listener = listen("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let (running, ended) = channel::<()>();
    let scraper: Scraper = Arc::new(move |accept| {
        let _held = &running;
        scraper(accept)
    });
    thread::spawn(listener, scraper, limits, async {
        stopped.await.unwrap_or(Stop::Immediate)
    })
    .unwrap();
    Running {
        address,
        stop,
        ended,
    }
}

impl Running {
    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.address).unwrap();
        client
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        client
    }

    fn send(&self, request: &str) -> TcpStream {
        let mut client = self.connect();
        client.write_all(request.as_bytes()).unwrap();
        client
    }

    fn ask(&self, request: &str) -> String {
        read(self.send(request))
    }
}

/// The bytes that the server sends until it closes the connection.
fn read(mut client: TcpStream) -> String {
    let mut answer = Vec::new();
    match client.read_to_end(&mut answer) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => {
            panic!("not closed: {error}")
        }
        _ => {}
    }
    String::from_utf8(answer).unwrap()
}

const GET: &str = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn silent_and_slow_clients_are_closed() {
    let server = start(SMALL, |_| scrape("a 1\n".to_owned()));
    let start = Instant::now();
    assert_eq!(read(server.connect()), "");
    assert_eq!(server.ask("GET /metrics HTTP/1.1\r\nHost"), "");
    // A connection that is kept open is closed when no further request comes.
    let answer = server.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(answer.ends_with("\r\n\r\na 1\n"), "{answer}");
    assert!(
        start.elapsed() >= SMALL.request * 3,
        "{:?}",
        start.elapsed()
    );
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_client_that_does_not_read_is_closed() {
    let body = "x".repeat(64 << 20);
    let whole = body.len();
    let server = start(SMALL, move |_| scrape(body.clone()));
    let client = server.send(GET);
    std::thread::sleep(SMALL.stall * 5);
    let answer = read(client);
    assert!(answer.len() < whole, "{}", answer.len());
}

#[test]
fn a_slow_reader_gets_everything() {
    let size = 32 << 20;
    let limits = Limits {
        stall: Duration::from_millis(600),
        ..SMALL
    };
    let server = start(limits, move |_| scrape("x".repeat(size)));
    let mut client = server.send(GET);
    let start = Instant::now();
    let mut total = 0;
    let mut some = vec![0; 1 << 20];
    loop {
        std::thread::sleep(limits.stall / 12);
        match client.read(&mut some).unwrap() {
            0 => break,
            n => total += n,
        }
    }
    assert!(total > size, "{total}");
    assert!(start.elapsed() > limits.stall, "{:?}", start.elapsed());
}

#[test]
fn large_heads_are_rejected() {
    let server = start(SMALL, |_| scrape(String::new()));
    let long = format!(
        "GET /metrics HTTP/1.1\r\nX: {}\r\n\r\n",
        "x".repeat(SMALL.head_bytes)
    );
    assert!(server.ask(&long).starts_with("HTTP/1.1 431 "));
    let many = format!(
        "GET /metrics HTTP/1.1\r\n{}\r\n",
        "X: y\r\n".repeat(SMALL.headers + 1)
    );
    assert!(server.ask(&many).starts_with("HTTP/1.1 431 "));
    assert!(server.ask(GET).starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_malformed_request_ends_only_its_connection() {
    let server = start(SMALL, |_| scrape(String::new()));
    let requests = [
        "\0\u{1}\u{2}\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\n\r\n",
        "GET //metrics/%ff?= HTTP/1.0\r\n\r\n",
    ];
    for request in requests {
        let answer = server.ask(request);
        assert!(
            answer.starts_with("HTTP/1.") && answer.contains(" 40"),
            "{request:?}: {answer}"
        );
    }
    assert!(server.ask(GET).starts_with("HTTP/1.1 200 "));
}

#[test]
fn clients_beyond_the_limit_wait() {
    let limits = Limits {
        connections: 1,
        ..SMALL
    };
    let server = start(limits, |_| scrape(String::new()));
    let start = Instant::now();
    let silent = server.connect();
    assert!(server.ask(GET).starts_with("HTTP/1.1 200 "));
    assert!(start.elapsed() >= limits.request, "{:?}", start.elapsed());
    drop(silent);
}

#[test]
fn a_panic_becomes_a_500_and_a_scrapes_500_is_kept() {
    let server = start(SMALL, |accept| match accept {
        None => panic!("on purpose"),
        Some(accept) => Scrape {
            status: 500,
            content_type: "text/plain",
            body: accept.to_owned().into(),
        },
    });
    let answer = server.ask(GET);
    assert!(
        answer.starts_with("HTTP/1.1 500 ") && answer.contains("could not be rendered"),
        "{answer}"
    );
    let answer = server
        .ask("GET /metrics HTTP/1.1\r\nAccept: a;q=1\r\nConnection: close\r\naccept: b\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 500 ") && answer.ends_with("\r\n\r\na;q=1, b"),
        "{answer}"
    );
}

/// A server whose first scrape waits for a message to the sender. The receiver has a message once that scrape has
/// begun.
fn slow(limits: Limits) -> (Running, mpsc::Receiver<()>, Sender<()>) {
    let (begun, has_begun) = channel();
    let (go_on, wait) = channel();
    let wait = Mutex::new(wait);
    let server = start(limits, move |_| {
        begun.send(()).unwrap();
        wait.lock().unwrap().recv().unwrap();
        scrape("late 1\n".to_owned())
    });
    (server, has_begun, go_on)
}

#[test]
fn requests_in_flight_are_answered_before_the_server_ends() {
    let (server, begun, go_on) = slow(Limits::STANDARD);
    let idle = server.connect();
    let client = server.send(GET);
    begun.recv().unwrap();
    server.stop.send(Stop::Graceful).unwrap();
    // The connection without a request in flight is closed at once.
    let start = Instant::now();
    assert_eq!(read(idle), "");
    assert!(
        start.elapsed() < Limits::STANDARD.drain,
        "{:?}",
        start.elapsed()
    );
    assert!(TcpStream::connect(server.address).is_err());
    go_on.send(()).unwrap();
    assert!(read(client).ends_with("\r\n\r\nlate 1\n"));
    assert!(server.ended.recv().is_err());
}

#[test]
fn requests_that_exceed_the_drain_time_are_dropped() {
    for stop in [Stop::Graceful, Stop::Immediate] {
        let (server, begun, go_on) = slow(SMALL);
        let client = server.send(GET);
        begun.recv().unwrap();
        let start = Instant::now();
        server.stop.send(stop).unwrap();
        assert_eq!(read(client), "");
        assert_eq!(
            start.elapsed() >= SMALL.drain,
            stop == Stop::Graceful,
            "{:?}",
            start.elapsed()
        );
        go_on.send(()).unwrap();
    }
}

//! Tests of a server with small limits and clients that misbehave.

#[cfg(feature = "tls")]
mod tls;

use std::future::pending;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::{HeaderMap, Method, Uri};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{mpsc, oneshot};

use super::accept::{Listener, TcpListeners};
use super::access::RequestHead;
use super::bodies::Bodies;
use super::entrance::Entrance;
use super::limits::Limits;
use super::listen::{adopt, listen};
use super::peer::Peer;
use super::run::{Stop, run};
use super::site::{Path, Scraping, Site};
use super::thread;
use crate::prometheus::{Scrape, ScrapeRequest};

const SMALL: Limits = Limits {
    idle: Duration::from_millis(200),
    head: Duration::from_millis(200),
    stall: Duration::from_millis(200),
    linger: Duration::from_millis(200),
    drain: Duration::from_millis(200),
    ..Limits::STANDARD
};

/// Limits that no test exceeds, beside those that it sets.
const LONG: Limits = Limits {
    connections: 4,
    ..Limits::STANDARD
};

/// Longer than anything takes that does not wait for a limit.
const SOON: Duration = Duration::from_secs(5);

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<Stop>,
    /// Disconnected once the server has ended.
    ended: Receiver<()>,
}

fn scrape(body: String) -> Scrape {
    Scrape {
        status: 200,
        content_type: "text/plain; version=0.0.4",
        content_encoding: None,
        body: body.into(),
    }
}

fn site(
    limits: Limits,
    scraper: impl Fn(Option<String>) -> Scraping + Send + Sync + 'static,
) -> Site {
    let scraper = move |request: ScrapeRequest| scraper(request.accept);
    Site::with_scraper(Arc::new(scraper), Arc::new(Bodies::new(limits)))
}

fn start_async(
    limits: Limits,
    scraper: impl Fn(Option<String>) -> Scraping + Send + Sync + 'static,
) -> Running {
    start_behind(Entrance::default(), limits, scraper)
}

fn start_behind(
    entrance: Entrance,
    limits: Limits,
    scraper: impl Fn(Option<String>) -> Scraping + Send + Sync + 'static,
) -> Running {
    let listeners = listen("127.0.0.1:0").unwrap();
    let address = listeners[0].local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let (running, ended) = channel::<()>();
    let site = site(limits, move |accept| {
        let _held = &running;
        scraper(accept)
    });
    let listen = move || Ok(TcpListeners::new(adopt(listeners)?, limits));
    let stopped = async { stopped.await.unwrap_or(Stop::Immediate) };
    thread::spawn(listen, site, entrance, limits, stopped).unwrap();
    Running {
        address,
        stop,
        ended,
    }
}

fn start(
    limits: Limits,
    scraper: impl Fn(Option<&str>) -> Scrape + Send + Sync + 'static,
) -> Running {
    start_async(limits, move |accept| {
        let scrape = scraper(accept.as_deref());
        Box::pin(async { scrape })
    })
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

    /// A scrape, which is answered soon.
    fn scrape(&self) -> String {
        let start = Instant::now();
        let answer = self.ask(GET);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        answer
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
    assert!(start.elapsed() >= SMALL.idle * 3, "{:?}", start.elapsed());
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn an_idle_connection_is_kept_for_longer_than_an_incomplete_head() {
    let limits = Limits {
        head: Duration::from_millis(100),
        ..LONG
    };
    let server = start(limits, |_| scrape("a 1\n".to_owned()));
    let mut idle = server.connect();
    let cut = server.send("GET /metrics HTTP/1.1\r\n");
    let start = Instant::now();
    assert_eq!(read(cut), "");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    idle.write_all(GET.as_bytes()).unwrap();
    assert!(read(idle).ends_with("\r\n\r\na 1\n"));
    // A usual interval between scrapes, during which a connection stays open, is a minute.
    assert!(Limits::STANDARD.idle > Duration::from_mins(1));
}

#[test]
fn an_idle_connection_is_closed_for_a_new_one() {
    let server = start(LONG, |_| scrape("a 1\n".to_owned()));
    let mut idle: Vec<_> = (0..LONG.connections * 3)
        .map(|_| server.connect())
        .collect();
    for _ in 0..3 {
        server.scrape();
    }
    // The oldest were closed, and the newest were not.
    assert_eq!(read(idle.remove(0)), "");
    let mut newest = idle.pop().unwrap();
    newest.write_all(GET.as_bytes()).unwrap();
    assert!(read(newest).starts_with("HTTP/1.1 200 "));
}

#[test]
fn connections_that_scrape_again_and_again_do_not_keep_a_new_one_out() {
    let server = start(LONG, |_| scrape("a 1\n".to_owned()));
    let mut polite: Vec<_> = (0..LONG.connections).map(|_| server.connect()).collect();
    for _ in 0..2 {
        for client in &mut polite {
            client
                .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                .unwrap();
            let mut answer = [0; 8];
            client.read_exact(&mut answer).unwrap();
        }
    }
    server.scrape();
}

#[test]
fn a_connection_that_scrapes_goes_after_those_that_ask_for_the_health() {
    let server = start(LONG, |_| scrape("a 1\n".to_owned()));
    let ask = |client: &mut TcpStream, path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        client.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 13];
        client.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 ");
    };
    let mut scraper = server.connect();
    ask(&mut scraper, "/metrics");
    let mut flood = Vec::new();
    for _ in 0..LONG.connections * 3 {
        let mut client = server.connect();
        ask(&mut client, "/healthz");
        flood.push(client);
    }
    scraper.write_all(GET.as_bytes()).unwrap();
    let answers = read(scraper);
    assert_eq!(answers.matches("a 1\n").count(), 2, "{answers}");
}

#[test]
fn clients_that_do_not_read_do_not_keep_a_new_one_out() {
    let body = "x".repeat(16 << 20);
    let server = start(LONG, move |_| scrape(body.clone()));
    let stalled: Vec<_> = (0..LONG.connections * 2)
        .map(|_| server.send(GET))
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    let answer = server.scrape();
    assert!(answer.len() > 16 << 20);
    drop(stalled);
}

#[test]
fn requests_that_never_end_do_not_keep_a_new_one_out() {
    let server = start_async(LONG, |accept| {
        Box::pin(async move {
            match accept {
                None => scrape(String::new()),
                Some(_) => pending().await,
            }
        })
    });
    let hanging = "GET /metrics HTTP/1.1\r\nAccept: hang\r\n\r\n";
    let clients: Vec<_> = (0..LONG.connections * 3)
        .map(|_| server.send(hanging))
        .collect();
    server.scrape();
    drop(clients);
}

#[test]
fn a_client_that_resets_its_connection_waits_for_nothing() {
    let waiting = Arc::new(());
    let counted = Arc::clone(&waiting);
    let server = start_async(LONG, move |_| {
        let counted = Arc::clone(&counted);
        Box::pin(async move {
            let scrape = pending().await;
            drop(counted);
            scrape
        })
    });
    let client = server.send(GET);
    let start = Instant::now();
    let has = |count: usize| {
        while Arc::strong_count(&waiting) != count {
            assert!(start.elapsed() < SOON);
            std::thread::yield_now();
        }
    };
    // One here, one in the closure, and one for the request.
    has(3);
    socket2::SockRef::from(&client)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(client);
    has(2);
}

#[test]
fn a_client_that_does_not_read_is_closed() {
    let body = "x".repeat(64 << 20);
    let whole = body.len();
    let server = start(SMALL, move |_| scrape(body.clone()));
    let client = server.send(GET);
    std::thread::sleep(SMALL.stall * 10);
    let answer = read(client);
    assert!(answer.len() < whole, "{}", answer.len());
}

/// A client through default buffers that takes some bytes all the time. They are few for the buffers of the system,
/// which the server cannot see.
#[test]
fn a_slow_reader_gets_everything() {
    let size = 8 << 20;
    let limits = Limits {
        stall: Duration::from_secs(1),
        ..LONG
    };
    let server = start(limits, move |_| scrape("x".repeat(size)));
    let mut client = server.send(GET);
    let start = Instant::now();
    let mut total = 0;
    let mut some = vec![0; 10_000];
    loop {
        if start.elapsed() < limits.stall * 4 {
            std::thread::sleep(Duration::from_millis(40));
        }
        match client.read(&mut some).unwrap() {
            0 => break,
            n => total += n,
        }
    }
    assert!(total > size, "{total}");
}

#[test]
fn slow_readers_hold_few_bodies() {
    let size = 10 << 20;
    let limits = Limits {
        body_bytes: 0,
        ..Limits::STANDARD
    };
    let (begun, has_begun) = channel();
    let server = start(limits, move |_| {
        begun.send(()).unwrap();
        scrape("x".repeat(size))
    });
    let readers: Vec<_> = (0..10).map(|_| server.send(GET)).collect();
    for _ in &readers {
        has_begun.recv().unwrap();
    }
    assert!(server.scrape().len() > size);
    let answers = readers.into_iter().map(read);
    let whole = answers.filter(|it| it.len() > size).count();
    assert!(whole <= limits.bodies, "{whole}");
}

#[test]
fn a_client_that_ends_its_side_gets_its_answer() {
    let size = 4 << 20;
    let (go_on, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = start(LONG, move |_| {
        // The end has arrived before the answer begins.
        wait.lock().unwrap().recv().unwrap();
        scrape("x".repeat(size))
    });
    let client = server.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    client.shutdown(Shutdown::Write).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    go_on.send(()).unwrap();
    let answer = read(client);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.len() > size, "{}", answer.len());
}

#[test]
fn http2_with_prior_knowledge_is_answered_in_http1() {
    let server = start(LONG, |_| scrape("a 1\n".to_owned()));
    let start = Instant::now();
    for rest in ["", "\0\0\0\u{4}\0\0\0\0\0"] {
        let answer = server.ask(&format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{rest}"));
        assert!(answer.starts_with("HTTP/1.1 505 "), "{answer}");
        assert!(answer.contains("This server speaks HTTP/1.1."), "{answer}");
    }
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    // Other methods that begin with these letters.
    let answer = server.ask("PRINT / HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = start(LONG, |accept| scrape(accept.unwrap_or("none").to_owned()));
    let one = "GET /metrics HTTP/1.1\r\nAccept: first\r\n\r\n";
    let answer = server.ask(&format!("{one}{GET}"));
    let first = answer.find("\r\n\r\nfirst").unwrap();
    let second = answer.find("\r\n\r\nnone").unwrap();
    assert!(first < second, "{answer}");
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
fn a_scrapes_status_is_kept() {
    let server = start(SMALL, |accept| Scrape {
        status: 500,
        content_encoding: None,
        content_type: "text/plain",
        body: accept.unwrap().to_owned().into(),
    });
    let answer = server
        .ask("GET /metrics HTTP/1.1\r\nAccept: a;q=1\r\nConnection: close\r\naccept: b\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 500 ") && answer.ends_with("\r\n\r\na;q=1, b"),
        "{answer}"
    );
}

#[test]
fn a_panic_ends_only_its_connection() {
    let server = start(LONG, |accept| match accept {
        None => scrape(String::new()),
        Some(_) => panic!("on purpose"),
    });
    let panics = "GET /metrics HTTP/1.1\r\nAccept: x\r\n\r\n";
    assert_eq!(server.ask(panics), "");
    server.scrape();
}

/// A server whose scrapes wait for messages to the sender. The receiver has a message for each scrape that has begun.
fn slow(limits: Limits) -> (Running, Receiver<()>, mpsc::UnboundedSender<()>) {
    let (begun, has_begun) = channel();
    let (go_on, wait) = mpsc::unbounded_channel();
    let wait = Arc::new(tokio::sync::Mutex::new(wait));
    let server = start_async(limits, move |_| {
        begun.send(()).unwrap();
        let wait = Arc::clone(&wait);
        Box::pin(async move {
            wait.lock().await.recv().await.unwrap();
            scrape("late 1\n".to_owned())
        })
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
        drop(go_on);
    }
}

/// A listener of streams in memory.
struct InMemory(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for InMemory {
    type Stream = DuplexStream;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(DuplexStream, Option<SocketAddr>)>> {
        let stream = self.0.poll_recv(cx);
        stream.map(|it| {
            it.map(|it| (it, None))
                .ok_or(io::ErrorKind::BrokenPipe.into())
        })
    }
}

/// Runs a test against a server of streams in memory, each with a buffer of this many bytes.
fn with_streams<F>(
    limits: Limits,
    buffer: usize,
    body: &str,
    test: impl FnOnce(DuplexStream, DuplexStream) -> F,
) where
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let body = body.to_owned();
    let site = site(limits, move |_| {
        let scrape = scrape(body.clone());
        Box::pin(async { scrape })
    });
    runtime.block_on(async {
        let (connect, connected) = mpsc::unbounded_channel();
        let mut clients = [(); 2].map(|()| {
            let (client, server) = tokio::io::duplex(buffer);
            connect.send(server).unwrap();
            Some(client)
        });
        let server = tokio::spawn(run(
            InMemory(connected),
            site,
            Entrance::default(),
            limits,
            pending(),
        ));
        test(clients[0].take().unwrap(), clients[1].take().unwrap()).await;
        server.abort();
    });
}

#[test]
fn any_byte_stream_is_served() {
    let body = "x".repeat(1 << 20);
    with_streams(SMALL, 100, &body, async |mut client, mut silent| {
        client.write_all(GET.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "));
        assert!(answer.len() > 1 << 20);
        assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    });
}

#[test]
fn a_stream_that_takes_nothing_is_closed() {
    let limits = Limits {
        stall: SMALL.stall,
        ..LONG
    };
    with_streams(limits, 100, &"x".repeat(1000), async |mut client, _| {
        client.write_all(GET.as_bytes()).await.unwrap();
        let start = Instant::now();
        // The server closes it: before that, it cannot take more than the buffer holds.
        tokio::time::sleep(SMALL.stall * 3).await;
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(answer.len() <= 100, "{}", answer.len());
        assert!(start.elapsed() < SOON);
    });
}

/// Whatever clients and scrapes do, a program can drop its runtime and end.
#[test]
fn a_runtime_that_serves_can_be_dropped_at_any_time() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (begun, has_begun) = channel();
    let site = site(LONG, move |_| {
        begun.send(()).unwrap();
        Box::pin(pending())
    });
    let listeners = listen("127.0.0.1:0").unwrap();
    let address = listeners[0].local_addr().unwrap();
    let listeners = runtime.block_on(async { TcpListeners::new(adopt(listeners).unwrap(), LONG) });
    runtime.spawn(run(listeners, site, Entrance::default(), LONG, pending()));
    let clients: Vec<_> = ["", "GET", GET]
        .iter()
        .map(|request| {
            let mut client = TcpStream::connect(address).unwrap();
            client.write_all(request.as_bytes()).unwrap();
            client
        })
        .collect();
    has_begun.recv().unwrap();
    let start = Instant::now();
    drop(runtime);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    for client in clients {
        assert_eq!(read(client), "");
    }
}

#[test]
fn a_scrape_has_the_network_of_its_client() {
    let (sender, clients) = channel();
    let scraper = move |request: ScrapeRequest| -> Scraping {
        sender.send(request.client).unwrap();
        Box::pin(async { scrape("a 1\n".to_owned()) })
    };
    let site = Site::with_scraper(Arc::new(scraper), Arc::new(Bodies::new(LONG)));
    let (uri, headers) = (Uri::from_static("/metrics"), HeaderMap::new());
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    for (address, network) in [
        ("10.0.0.1:80", "10.0.0.1"),
        ("[2001:db8:0:1:2:3:4:5]:80", "2001:db8:0:1::"),
    ] {
        let peer = Peer::new(Some(address.parse().unwrap()));
        let request = RequestHead::new(&Method::GET, &uri, &headers, &peer);
        runtime.block_on(site.answer(&request, Path::Whole("/metrics")));
        assert_eq!(clients.recv().unwrap(), Some(network.parse().unwrap()));
    }
}

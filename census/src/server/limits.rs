//! The limits of the server, each with its reason.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

/// The limits of a server. Users cannot set them, because no scraper comes near them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The number of connections at one time; further ones wait in the system's queue. A few scrapers and a browser
    /// need fewer than ten. Each connection may hold one exposition in memory.
    pub(super) connections: usize,
    /// The time in which the line and the headers of a request must arrive, from the start of the connection or the end
    /// of the last response. It is longer than the usual 15 seconds between scrapes, so that a scraper keeps its
    /// connection.
    pub(super) request: Duration,
    /// The time for which a client may accept no bytes of a response: the default time in which Prometheus expects the
    /// whole response.
    pub(super) stall: Duration,
    /// The number of bytes of the request's line and headers together. Proxies add a few kilobytes of tokens.
    pub(super) head_bytes: usize,
    /// The number of headers of a request.
    pub(super) headers: usize,
    /// The pause after the system could not accept a connection because file descriptors or memory are short. It is
    /// long enough not to spin, and short enough for a scraper not to give up.
    pub(super) accept_pause: Duration,
    /// The time in which requests in flight are answered when the server shuts down.
    pub(super) drain: Duration,
}

impl Limits {
    /// The limits of every server.
    pub(super) const STANDARD: Self = Self {
        connections: 64,
        request: Duration::from_secs(20),
        stall: Duration::from_secs(10),
        head_bytes: 16 * 1024,
        headers: 64,
        accept_pause: Duration::from_millis(100),
        drain: Duration::from_secs(5),
    };

    /// Hyper's settings of HTTP/1 connections with these limits.
    pub(super) fn http(&self) -> http1::Builder {
        let mut http = http1::Builder::new();
        // Without a timer, a timeout panics at the first connection.
        http.timer(TokioTimer::new())
            .header_read_timeout(self.request)
            .max_headers(self.headers)
            .max_header_size(self.head_bytes);
        http
    }
}

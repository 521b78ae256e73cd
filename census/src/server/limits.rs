//! What a client may ask of the server: every limit, with its reason.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

/// The limits of a server. Not for users to set: they are far from what a scraper does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many connections there are at once; more wait in the system's queue. A few scrapers and a person need a
    /// handful; each may hold one exposition in memory.
    pub(super) connections: usize,
    /// How long a connection may go without a whole request, whether its first or its next. Longer than the usual 15
    /// seconds between scrapes, so that a scraper keeps its connection.
    pub(super) request: Duration,
    /// How long a client may take nothing of an answer: as long as Prometheus, by default, waits for all of it.
    pub(super) stall: Duration,
    /// How many bytes the request's line and headers may have. Proxies add a few kilobytes of tokens.
    pub(super) head_bytes: usize,
    /// How many headers a request may have.
    pub(super) headers: usize,
    /// How long to wait when the system has no connection to give, for want of file descriptors or memory: long
    /// enough not to spin, and short enough that no scraper gives up.
    pub(super) accept_pause: Duration,
    /// How long requests in flight may go on when the server shuts down.
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

    /// HTTP/1 connections within these limits.
    pub(super) fn http(&self) -> http1::Builder {
        let mut http = http1::Builder::new();
        // Without a timer, the builder panics at the first connection.
        http.timer(TokioTimer::new())
            .header_read_timeout(self.request)
            .max_headers(self.headers)
            .max_header_size(self.head_bytes);
        http
    }
}

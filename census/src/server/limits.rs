//! The limits of the server, each with its reason.

use std::time::Duration;

use hyper::server::conn::http1;

/// The limits of a server. Users cannot set them, because no scraper comes near them. `Exporter::server` documents
/// those that a client can notice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The number of connections at one time. For a further one, another connection is closed (`room`).
    /// A few scrapers and a browser need fewer than ten.
    pub(super) connections: usize,
    /// The number of connections of one client's address. The rest is for other clients, who need not wait until one of these
    /// may be closed. A proxy, behind which all clients have one address, opens fewer.
    pub(super) per_address: usize,
    /// The number of connections that were used before and that go after those that never were, to make room. It is
    /// enough for the scrapers that there are, which so keep their connections from one scrape to the next. It is much smaller
    /// than the number of connections, so that a new one has some time in which it can be used.
    pub(super) proven: usize,
    /// The number of accepted streams that wait for a place.
    pub(super) waiting: usize,
    /// The time for which a connection with a request is not closed to make room, after the request or after progress.
    /// It is enough for most renderings: without it, a flood of requests would close the connection of each scrape
    /// before the scrape is rendered. In such a flood, `connections / grace` new connections are accepted in a second.
    pub(super) grace: Duration,
    /// The time for which a connection may stay open without a request. Prometheus itself closes a connection that it
    /// has not used for five minutes. This time is longer, so that the server never closes a connection at the moment
    /// at which a scrape begins on it. An idle connection costs little, because it is the first to make room.
    pub(super) idle: Duration,
    /// The time in which the line and the headers of a request must arrive, from their first byte. With TLS it is also the
    /// time of the handshake.
    pub(super) head: Duration,
    /// The time for which a client may take nothing of a response. A write succeeds each time that the client's system
    /// reports free space, which it does in steps of up to 128 kB. So a client that reads 1 kB/s or more is never cut
    /// off. A stalled client costs little: its connection makes room before those of other readers, and its body is
    /// revoked when memory is short (`Bodies`).
    pub(super) stall: Duration,
    /// The bytes that the system may buffer for a connection. With this bound, the memory of all connections is
    /// bounded. It is enough for 2.5 MB/s over 100 ms.
    pub(super) send_buffer: usize,
    /// The bytes of them that may be unsent because the client has no space. With this bound, a write that succeeds
    /// means that the client took something.
    pub(super) unsent: u32,
    /// The bytes of bodies that responses of more than one chunk may hold together.
    pub(super) body_bytes: usize,
    /// The number of bodies that responses may hold however large they are: each format's latest, and one more.
    pub(super) bodies: usize,
    /// The number of bytes of the request's line and headers together. Proxies add a few kilobytes of tokens.
    pub(super) head_bytes: usize,
    /// The number of headers of a request.
    pub(super) headers: usize,
    /// The pause after the system could not accept a connection because file descriptors or memory are short. It is
    /// long enough not to spin, and short enough for a scraper not to give up.
    pub(super) accept_pause: Duration,
    /// The time for which the server reads on after its last response on a connection. If it closed the connection
    /// while the client still sends, the client's system would throw that response away.
    pub(super) linger: Duration,
    /// The time after which the files of certificates are read again. Kubernetes takes a minute to bring a new one.
    #[cfg(feature = "tls")]
    pub(super) reread: Duration,
    /// The time in which requests in flight are answered when the server shuts down.
    pub(super) drain: Duration,
}

impl Limits {
    /// The limits of every server.
    pub(super) const STANDARD: Self = Self {
        connections: 64,
        per_address: 48,
        proven: 16,
        waiting: 64,
        grace: Duration::from_millis(250),
        idle: Duration::from_secs(330),
        head: Duration::from_secs(20),
        stall: Duration::from_mins(2),
        send_buffer: 256 * 1024,
        unsent: 16 * 1024,
        body_bytes: 64 * 1024 * 1024,
        bodies: 3,
        head_bytes: 16 * 1024,
        headers: 64,
        accept_pause: Duration::from_millis(100),
        linger: Duration::from_secs(1),
        #[cfg(feature = "tls")]
        reread: Duration::from_secs(10),
        drain: Duration::from_secs(5),
    };

    /// Hyper's settings of HTTP/1 connections with these limits.
    pub(super) fn http(&self) -> http1::Builder {
        let mut http = http1::Builder::new();
        // Hyper has one timeout for an idle connection and an incomplete head; `Activity` has one for each.
        http.header_read_timeout(None)
            // A client that ends its side after the request still gets its response.
            .half_close(true)
            .max_headers(self.headers)
            .max_header_size(self.head_bytes)
            // Beside the head, this bounds the response: hyper asks for no further chunk while it has so much.
            .max_buf_size(self.head_bytes);
        http
    }
}

//! The head of a request.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use hyper::header::HeaderMap;
use hyper::{Method, Uri};

use crate::server::peer::Peer;

/// The head of a request, and its client, as [`authorize`](crate::prometheus::ServerBuilder::authorize) sees them.
///
/// `Debug` leaves the headers out, because they have passwords.
pub struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    peer: &'a Peer,
}

impl<'a> RequestHead<'a> {
    pub(in crate::server) fn new(
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
        peer: &'a Peer,
    ) -> Self {
        Self {
            method,
            uri,
            headers,
            peer,
        }
    }

    /// The method, such as `GET`.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.method
    }

    /// The path as the client sent it, such as `/metrics`. It is not decoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// What follows the `?`, as the client sent it.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// The headers. They are what the client says.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// The address that the connection comes from; `None` on a Unix socket. It is the one of the last proxy, if there are
    /// proxies. It is never an IPv4-mapped IPv6 address.
    #[must_use]
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.peer.address()
    }

    /// The network of the client, which counts as one client.
    pub(in crate::server) fn network(&self) -> Option<IpAddr> {
        self.peer.network()
    }

    /// The certificate that the client has presented, in DER, and those that lead to its authority. Empty without a
    /// [client CA](crate::prometheus::ServerTls::client_ca). The handshake has verified them. With the feature `tls`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn client_certificates(&self) -> &[Vec<u8>] {
        self.peer.certificates()
    }
}

impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", self.method)
            .field("uri", self.uri)
            .field("peer", self.peer)
            .finish_non_exhaustive()
    }
}

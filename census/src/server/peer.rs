//! The other end of a connection.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
#[cfg(feature = "tls")]
use std::sync::OnceLock;

/// The other end of a connection, as far as the connection itself tells. Headers such as `Forwarded` do not count: any
/// client can send them.
#[derive(Debug, Default)]
pub(super) struct Peer {
    /// The address. `None` if the connection came by a Unix socket.
    ///
    /// *Invariant: no IPv4-mapped IPv6 address.* A socket that takes both families gives IPv4 clients such addresses.
    address: Option<SocketAddr>,
    /// The certificates that the client has presented, in DER. Set by the handshake.
    #[cfg(feature = "tls")]
    certificates: OnceLock<Vec<Vec<u8>>>,
}

impl Peer {
    pub(super) fn new(address: Option<SocketAddr>) -> Self {
        let unmapped = |it: SocketAddr| SocketAddr::new(it.ip().to_canonical(), it.port());
        Self {
            address: address.map(unmapped),
            #[cfg(feature = "tls")]
            certificates: OnceLock::new(),
        }
    }

    /// The client's certificates, which the handshake has verified.
    #[cfg(feature = "tls")]
    pub(super) fn set_certificates(&self, certificates: Vec<Vec<u8>>) {
        // A connection has one handshake.
        let _ = self.certificates.set(certificates);
    }

    #[cfg(feature = "tls")]
    pub(super) fn certificates(&self) -> &[Vec<u8>] {
        self.certificates.get().map_or(&[], |it| it)
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The address that counts as one client: an IPv4 address or, of an IPv6 address, the first half, which is the network. A
    /// client there has many addresses.
    pub(super) fn network(&self) -> Option<IpAddr> {
        self.address.map(|address| match address.ip() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_addresses_are_unmapped() {
        for (given, expected) in [
            ("[::ffff:10.1.2.3]:80", "10.1.2.3:80"),
            ("10.1.2.3:80", "10.1.2.3:80"),
            ("[::1]:80", "[::1]:80"),
            ("[::10.1.2.3]:80", "[::10.1.2.3]:80"),
        ] {
            let peer = Peer::new(Some(given.parse().unwrap()));
            assert_eq!(peer.address(), Some(expected.parse().unwrap()));
        }
    }
}

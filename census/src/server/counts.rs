//! How often a server has turned a client away.

use std::sync::atomic::Ordering;

use crate::sync::AtomicU64;

/// The families of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Connections that were closed before a request was read.
    ClosedConnections,
    /// Requests that were answered with 401, 403 or 503 because of who made them.
    RefusedRequests,
    /// New certificates that could not be used, so that the server keeps the old one.
    RefusedCertificates,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A connection came from an address that is not allowed.
    Address,
    /// A connection gave way to another one.
    Displaced,
    /// A handshake of TLS failed.
    Tls,
    /// A request had no credentials, or wrong ones.
    Unauthorized,
    /// No function of the program admits the client.
    Forbidden,
    /// A function of the program panicked.
    Panicked,
    /// Too many passwords waited to be checked.
    Busy,
    /// The files of a certificate have new contents that cannot be used.
    CertificateRefused,
}

/// All events: the family of each, and its value of the label `reason`.
const EVENTS: [(Event, Family, &str); 8] = [
    (Event::Address, Family::ClosedConnections, "address"),
    (Event::Displaced, Family::ClosedConnections, "displaced"),
    (Event::Tls, Family::ClosedConnections, "tls"),
    (Event::Unauthorized, Family::RefusedRequests, "unauthorized"),
    (Event::Forbidden, Family::RefusedRequests, "forbidden"),
    (Event::Panicked, Family::RefusedRequests, "panic"),
    (Event::Busy, Family::RefusedRequests, "busy"),
    (
        Event::CertificateRefused,
        Family::RefusedCertificates,
        "tls",
    ),
];

/// The counts of all servers of an exporter.
#[derive(Debug)]
pub(crate) struct Counts([AtomicU64; EVENTS.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Counts {
    pub(crate) fn count(&self, event: Event) {
        for ((other, ..), count) in EVENTS.iter().zip(&self.0) {
            if *other == event {
                // Relaxed: a count orders no other memory.
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The values of the label `reason` in a family, and the counts.
    pub(crate) fn iter(&self, family: Family) -> impl Iterator<Item = (&'static str, u64)> {
        let of_family = EVENTS.iter().zip(&self.0);
        let of_family = of_family.filter(move |((_, other, _), _)| *other == family);
        of_family.map(|((.., reason), count)| (*reason, count.load(Ordering::Relaxed)))
    }
}

//! Which connections are served.

use std::sync::Arc;

#[cfg(feature = "tls")]
use tokio::io::{AsyncRead, AsyncWrite};

use super::activity::Activity;

#[cfg(feature = "ipnet")]
use super::allowed::Allowed;
use super::counts::Counts;
#[cfg(feature = "ipnet")]
use super::counts::Event;
use super::peer::Peer;
#[cfg(feature = "tls")]
use super::tls::{Current, Secure};
#[cfg(feature = "tls")]
use super::transport::Transport;

/// What a connection has to pass before its first request. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Entrance {
    /// `None` if all addresses are allowed.
    #[cfg(feature = "ipnet")]
    pub(super) allowed: Option<Arc<Allowed>>,
    /// `None` without TLS.
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Arc<Current>>,
    pub(super) counts: Arc<Counts>,
}

/// The byte stream of a connection that is served.
#[cfg(feature = "tls")]
pub(super) type Opened<S> = Transport<S>;

/// The byte stream of a connection that is served.
#[cfg(not(feature = "tls"))]
pub(super) type Opened<S> = S;

impl Entrance {
    /// The byte stream of a connection that is served: within TLS, if the server has it.
    #[cfg(feature = "tls")]
    pub(super) fn open<S>(&self, stream: S, activity: &Arc<Activity>, peer: &Arc<Peer>) -> Opened<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Some(tls) = &self.tls else {
            return Transport::Plain(stream);
        };
        Transport::Tls(Box::new(Secure::new(
            tls.acceptor(),
            stream,
            Arc::clone(activity),
            Arc::clone(peer),
            Arc::clone(&self.counts),
        )))
    }

    /// The byte stream of a connection that is served.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "TLS needs the feature `tls`")]
    pub(super) fn open<S>(&self, stream: S, _: &Arc<Activity>, _: &Arc<Peer>) -> Opened<S> {
        stream
    }

    /// Whether a connection is served. One that is not was counted, and is closed before a byte of it is read.
    #[cfg(feature = "ipnet")]
    pub(super) fn admits(&self, peer: &Peer) -> bool {
        let is_admitted = match (&self.allowed, peer.address()) {
            (Some(allowed), Some(address)) => allowed.contains(address.ip()),
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !is_admitted {
            self.counts.count(Event::Address);
        }
        is_admitted
    }

    /// Whether a connection is served.
    #[cfg(not(feature = "ipnet"))]
    #[expect(
        clippy::unused_self,
        reason = "address ranges need the feature `ipnet`"
    )]
    pub(super) fn admits(&self, _: &Peer) -> bool {
        true
    }
}

#[cfg(all(test, feature = "ipnet"))]
mod tests {
    use super::*;
    use crate::server::counts::Family;

    #[test]
    fn a_refused_connection_is_counted() {
        let entrance = Entrance {
            allowed: Some(Arc::new(Allowed::new(&["10.0.0.0/8".parse().unwrap()]))),
            #[cfg(feature = "tls")]
            tls: None,
            counts: Arc::default(),
        };
        let admits = |address: &str| entrance.admits(&Peer::new(Some(address.parse().unwrap())));
        assert!(admits("10.1.2.3:80") && admits("[::ffff:10.1.2.3]:80"));
        assert!(!admits("192.0.2.1:80") && !admits("[::1]:80"));
        let mut counts = entrance.counts.iter(Family::ClosedConnections);
        assert_eq!(counts.next(), Some(("address", 2)));
    }
}

//! Listeners that are open.

use std::io;
use std::net::{SocketAddr, TcpListener};
#[cfg(unix)]
use std::os::unix::net::{SocketAddr as UnixAddr, UnixListener};
use std::task::{Context, Poll};

use super::ServeError;
use super::accept::{Listener, TcpListeners};
use super::handles::Addresses;
use super::limits::Limits;
use super::listen::adopt;
#[cfg(unix)]
use super::listen::adopt_unix;
use super::socket::Socket;
#[cfg(unix)]
use super::unix::{SocketFile, UnixSocket};

/// A listener that is open, with addresses of the type `A`: a [`std::net::TcpListener`] or, on Unix, a
/// [`std::os::unix::net::UnixListener`]. Each, and a `Vec` of the first, becomes one by `From`, so
/// [`listen`](crate::prometheus::ServerBuilder::listen) takes them as they are.
#[derive(Debug)]
pub struct OpenListener<A = SocketAddr> {
    listeners: Opened,
    addresses: io::Result<Addresses<A>>,
}

#[derive(Debug)]
pub(super) enum Opened {
    Tcp(Vec<TcpListener>),
    /// The file, if it is removed at the end.
    #[cfg(unix)]
    Unix(UnixListener, Option<SocketFile>),
}

impl From<TcpListener> for OpenListener {
    fn from(listener: TcpListener) -> Self {
        vec![listener].into()
    }
}

impl From<Vec<TcpListener>> for OpenListener {
    /// One listener or more, which one server serves. Without any, it cannot be started.
    fn from(listeners: Vec<TcpListener>) -> Self {
        let addresses = listeners.iter().map(TcpListener::local_addr);
        let addresses = addresses.collect::<io::Result<Vec<_>>>().and_then(|all| {
            let first = all.first().copied().ok_or(io::ErrorKind::NotFound)?;
            Ok(Addresses { first, all })
        });
        Self {
            listeners: Opened::Tcp(listeners),
            addresses,
        }
    }
}

#[cfg(unix)]
impl From<UnixListener> for OpenListener<UnixAddr> {
    /// The file of the socket is somebody else's, and stays at the end.
    fn from(listener: UnixListener) -> Self {
        Self::unix(listener, None)
    }
}

#[cfg(unix)]
impl OpenListener<UnixAddr> {
    /// A Unix socket, and its file if that is to be removed at the end.
    pub(super) fn unix(listener: UnixListener, file: Option<SocketFile>) -> Self {
        let addresses = listener.local_addr().map(|first| Addresses {
            first,
            all: Vec::new(),
        });
        Self {
            listeners: Opened::Unix(listener, file),
            addresses,
        }
    }
}

impl<A> OpenListener<A> {
    /// Whether clients have addresses.
    pub(super) fn has_peers(&self) -> bool {
        match self.listeners {
            Opened::Tcp(_) => true,
            #[cfg(unix)]
            Opened::Unix(..) => false,
        }
    }

    /// The addresses, and the listeners.
    ///
    /// # Errors
    /// If the system does not tell the addresses.
    pub(super) fn into_parts(self) -> Result<(Addresses<A>, Opened), ServeError> {
        match self.addresses {
            Ok(addresses) => Ok((addresses, self.listeners)),
            Err(source) => Err(ServeError::Start { source }),
        }
    }
}

impl Opened {
    /// Hands the listeners to the runtime of the caller.
    pub(super) fn adopt(self, limits: Limits) -> Result<Listeners, ServeError> {
        Ok(match self {
            Self::Tcp(listeners) => Listeners::Tcp(TcpListeners::new(adopt(listeners)?, limits)),
            #[cfg(unix)]
            Self::Unix(listener, file) => {
                Listeners::Unix(UnixSocket::new(adopt_unix(listener)?, file))
            }
        })
    }
}

/// Listeners of either kind.
#[derive(Debug)]
pub(super) enum Listeners {
    Tcp(TcpListeners),
    #[cfg(unix)]
    Unix(UnixSocket),
}

impl Listener for Listeners {
    type Stream = Socket;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(Socket, Option<SocketAddr>)>> {
        match self {
            Self::Tcp(listeners) => {
                let accepted = listeners.poll_accept(cx);
                accepted.map_ok(|(stream, peer)| (Socket::Tcp(stream), peer))
            }
            #[cfg(unix)]
            Self::Unix(socket) => {
                let accepted = socket.poll_accept(cx);
                accepted.map_ok(|(stream, peer)| (Socket::Unix(stream), peer))
            }
        }
    }
}

//! Servers that run.

use std::net::SocketAddr;
#[cfg(unix)]
use std::os::unix::net::SocketAddr as UnixAddr;
use std::thread;

use tokio::sync::oneshot;
use tokio::task;

use super::run::Stop;

/// A server on a tokio runtime. It runs until it is shut down or dropped. Made by [`Exporter::bind`] and
/// [`ServerBuilder`]. `A` is the kind of its addresses: those of a Unix socket are of another type.
///
/// A dropped server stops at once: it accepts no more connections, and closes the open ones without a response. It also
/// ends with its runtime, which it does not keep from being dropped.
///
/// [`Exporter::bind`]: crate::prometheus::Exporter::bind
/// [`ServerBuilder`]: crate::prometheus::ServerBuilder
#[must_use = "a server stops when it is dropped"]
#[derive(Debug)]
pub struct Server<A = SocketAddr> {
    addresses: Addresses<A>,
    stop: StopSender,
    task: task::JoinHandle<()>,
}

/// A server on a thread of its own. It runs until it is shut down or dropped. Made by [`Exporter::spawn`] and
/// [`ServerBuilder::spawn`]. `A` is the kind of its addresses: those of a Unix socket are of another type.
///
/// A dropped server stops at once: it accepts no more connections, and closes the open ones without a response.
/// Dropping it does not wait for the thread. A program that serves until its end keeps the server in a variable of
/// `main`.
///
/// [`Exporter::spawn`]: crate::prometheus::Exporter::spawn
/// [`ServerBuilder::spawn`]: crate::prometheus::ServerBuilder::spawn
#[must_use = "a server stops when it is dropped"]
#[derive(Debug)]
pub struct ServerThread<A = SocketAddr> {
    addresses: Addresses<A>,
    stop: StopSender,
    thread: thread::JoinHandle<()>,
}

/// The addresses that a server listens on.
///
/// *Invariant: `first` is the first of `all`.* As a field of its own it needs no check.
#[derive(Debug)]
pub(super) struct Addresses<A> {
    pub(super) first: A,
    pub(super) all: Vec<A>,
}

/// Stops a server when it is dropped or told to.
#[derive(Debug)]
pub(super) struct StopSender(oneshot::Sender<()>);

impl StopSender {
    /// A sender, and a future that is ready once the server has to stop.
    pub(super) fn new() -> (Self, impl Future<Output = Stop> + Send + 'static) {
        let (sender, receiver) = oneshot::channel();
        let stopped = async {
            match receiver.await {
                Ok(()) => Stop::Graceful,
                // The sender was dropped.
                Err(_) => Stop::Immediate,
            }
        };
        (Self(sender), stopped)
    }

    fn stop_gracefully(self) {
        // It fails only if the server has ended with its runtime.
        let _ = self.0.send(());
    }
}

impl Server {
    /// The address that the server listens on; if the port was 0, with the port that the system chose. It is the first
    /// of [`local_addrs`](Self::local_addrs).
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.addresses.first
    }

    /// All addresses that the server listens on. They are more than one for a host name with several addresses, such as
    /// `localhost`, and for a port without a host (`:9888`).
    #[must_use]
    pub fn local_addrs(&self) -> &[SocketAddr] {
        &self.addresses.all
    }
}

#[cfg(unix)]
impl Server<UnixAddr> {
    /// The address of the Unix socket that the server listens on. It has a path, unless the program opened a socket
    /// without one.
    #[must_use]
    pub fn local_addr(&self) -> &UnixAddr {
        &self.addresses.first
    }
}

impl<A> Server<A> {
    pub(super) fn new(
        addresses: Addresses<A>,
        stop: StopSender,
        task: task::JoinHandle<()>,
    ) -> Self {
        Self {
            addresses,
            stop,
            task,
        }
    }

    /// Stops the server, and returns when its port is free, or its Unix socket is removed.
    ///
    /// The server accepts no more connections. Requests in flight are answered within five seconds; after that, their
    /// connections are closed. If this future is dropped after its first poll, the shutdown goes on in the background.
    pub async fn shutdown(self) {
        self.stop.stop_gracefully();
        // It fails only if the server's runtime has ended, and the server with it.
        let _ = self.task.await;
    }
}

impl ServerThread {
    /// The address that the server listens on; if the port was 0, with the port that the system chose. It is the first
    /// of [`local_addrs`](Self::local_addrs).
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.addresses.first
    }

    /// All addresses that the server listens on. They are more than one for a host name with several addresses, such as
    /// `localhost`, and for a port without a host (`:9888`).
    #[must_use]
    pub fn local_addrs(&self) -> &[SocketAddr] {
        &self.addresses.all
    }
}

#[cfg(unix)]
impl ServerThread<UnixAddr> {
    /// The address of the Unix socket that the server listens on. It has a path, unless the program opened a socket
    /// without one.
    #[must_use]
    pub fn local_addr(&self) -> &UnixAddr {
        &self.addresses.first
    }
}

impl<A> ServerThread<A> {
    pub(super) fn new(
        addresses: Addresses<A>,
        stop: StopSender,
        thread: thread::JoinHandle<()>,
    ) -> Self {
        Self {
            addresses,
            stop,
            thread,
        }
    }

    /// Stops the server, and returns when its port is free, or its Unix socket is removed, and its thread has ended. It blocks the calling thread.
    ///
    /// The server accepts no more connections. Requests in flight are answered within five seconds; after that, their
    /// connections are closed.
    pub fn shutdown(self) {
        self.stop.stop_gracefully();
        // It fails only if the thread has panicked; then the server has ended, too.
        let _ = self.thread.join();
    }
}

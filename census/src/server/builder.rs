//! Starting a server.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use super::ServeError;
use super::accept::TcpListeners;
use super::handles::{Addresses, Server, ServerThread, StopSender};
use super::limits::Limits;
use super::listen::{adopt, listen, listen_async};
use super::run::run;
use super::site::Site;
use super::thread;
use crate::prometheus::Exporter;

/// A server to be started. Made by [`Exporter::server`].
#[must_use = "`bind`, `listen` or `spawn` starts the server"]
#[derive(Clone, Debug)]
pub struct ServerBuilder {
    exporter: Exporter,
}

/// Serves the metrics at `/metrics` of an address, in the background, for as long as the tokio runtime runs. Returns
/// the first address that it listens on; if the port was 0, it has the port that the system chose.
///
/// This is enough for most programs. It serves the valid part of the catalogue and reports the problems of the rest, as
/// [`build_lenient`] does. Use an [`Exporter`] for other settings, [`Exporter::bind`] for a server that can be stopped,
/// and [`Exporter::spawn`] in a program without a runtime.
///
/// [`build_lenient`]: crate::prometheus::ExporterBuilder::build_lenient
///
/// ```
/// # async fn start() -> Result<(), census::prometheus::ServeError> {
/// census::prometheus::serve("127.0.0.1:8000").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If it cannot listen on the address, or if it is not awaited in a tokio runtime with IO and time enabled.
pub async fn serve(
    address: impl tokio::net::ToSocketAddrs + Debug,
) -> Result<SocketAddr, ServeError> {
    let server = Exporter::builder().build_lenient().bind(address).await?;
    let address = server.local_addr();
    // Dropped, it would stop. A channel and the handle of a task leak.
    std::mem::forget(server);
    Ok(address)
}

impl Exporter {
    /// A server of the metrics, at `/metrics`. [`bind`](Self::bind) and [`spawn`](Self::spawn) are short forms.
    ///
    /// # Addresses
    ///
    /// | address | the server listens on |
    /// |---|---|
    /// | `"127.0.0.1:9888"`, `"[::1]:9888"`, `([10, 0, 0, 7], 9888)` | this address |
    /// | `"localhost:9888"` | all addresses of the host name, in both families |
    /// | `"0.0.0.0:9888"` | every interface, by IPv4 |
    /// | `":9888"` | every interface, by IPv4 and, where the machine has it, IPv6 |
    ///
    /// With port 0, the system chooses a port; all addresses get the same one.
    ///
    /// # Requests
    ///
    /// `GET`, `HEAD` and `OPTIONS` are answered. `/healthz` answers with 200 while the server runs.
    ///
    /// - `Accept` chooses the format. With the feature `gzip`, `Accept-Encoding` may ask for compression. An exposition is
    ///   compressed once for all scrapes that share it.
    /// - `/metrics?name[]=first&name[]=second` asks for some families only, by their names or those of their samples. No
    ///   scrapes share such an exposition. One is made at a time; when too many wait, the answer is 503.
    /// - `X-Prometheus-Scrape-Timeout-Seconds`, which Prometheus sends, is the longest time that a scrape waits, less a tenth
    ///   (half a second at most) for the way. So Prometheus learns why there is no exposition. It must be greater than 0 and at
    ///   most an hour. It does not extend the exporter's [deadline](crate::prometheus::ExporterBuilder::deadline).
    /// - An answer of status 503 has the header `Retry-After`.
    ///
    /// # Limits
    ///
    /// The limits are fixed, because no scraper comes near them.
    ///
    /// - There are at most 64 connections. Each further one is accepted, and another connection is closed for it: the
    ///   one that has waited longest for a request or, if none waits, the one whose client has taken nothing of its
    ///   response for the longest time. A client that has ended its side counts as waiting until its response begins.
    /// - A connection without a request is closed after 330 seconds, and one whose request has not arrived completely
    ///   20 seconds after its first byte.
    /// - A client may read its response as slowly as it likes. It is cut off if it takes nothing at all for two
    ///   minutes.
    /// - Responses that are being sent have at most 64 MiB, or three different bodies if these are larger. All
    ///   responses of one rendering share a body. If a further body does not fit, the one from which nothing was taken
    ///   for the longest time is freed, and its connections are closed.
    /// - A request has at most 64 headers, which have at most 16 KiB together. Otherwise the answer is 431.
    /// - The server speaks HTTP/1.1. A client that begins with HTTP/2 gets 505.
    pub fn server(&self) -> ServerBuilder {
        ServerBuilder {
            exporter: self.clone(),
        }
    }

    /// Serves the metrics at `/metrics` of an address, on the tokio runtime in which this future is awaited. The same
    /// as `self.server().bind(address)`; [`server`](Self::server) describes addresses and limits.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// use census::prometheus::Exporter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let server = exporter.bind("127.0.0.1:0").await?;
    /// println!("metrics at http://{}/metrics", server.local_addr());
    /// // the rest of the program
    /// server.shutdown().await;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(start()).unwrap();
    /// ```
    ///
    /// # Errors
    /// If it cannot listen on the address, or if it is not awaited in a tokio runtime with IO and time enabled.
    pub async fn bind(
        &self,
        address: impl tokio::net::ToSocketAddrs + Debug,
    ) -> Result<Server, ServeError> {
        self.server().bind(address).await
    }

    /// Serves the metrics at `/metrics` of an address, on a thread of its own. The same as
    /// `self.server().spawn(address)`; [`server`](Self::server) describes addresses and limits.
    ///
    /// This is for programs without a tokio runtime, and works in others, too. The thread sleeps between requests.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    ///
    /// let server = Exporter::builder().build_lenient().spawn("127.0.0.1:0")?;
    /// println!("metrics at http://{}/metrics", server.local_addr());
    /// // the rest of the program
    /// server.shutdown();
    /// # Ok::<(), census::prometheus::ServeError>(())
    /// ```
    ///
    /// # Errors
    /// If it cannot listen on the address, or if the system does not start the thread.
    pub fn spawn(&self, address: impl ToSocketAddrs + Debug) -> Result<ServerThread, ServeError> {
        self.server().spawn(address)
    }
}

impl ServerBuilder {
    /// Serves on an address, on the tokio runtime in which this future is awaited. [`Exporter::server`] describes the
    /// addresses.
    ///
    /// # Errors
    /// If it cannot listen on the address, or if it is not awaited in a tokio runtime with IO and time enabled.
    pub async fn bind(
        self,
        address: impl tokio::net::ToSocketAddrs + Debug,
    ) -> Result<Server, ServeError> {
        let listeners = listen_async(address).await?;
        self.start(listeners)
    }

    /// Serves on a listener that is already open, for example one that a service manager has opened, on the tokio
    /// runtime in which this is called.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// use census::prometheus::Exporter;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let server = Exporter::builder().build_lenient().server().listen(listener)?;
    /// # server.shutdown().await;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(start()).unwrap();
    /// ```
    ///
    /// # Errors
    /// If it is not called in a tokio runtime with IO and time enabled, or if the system rejects the listener.
    pub fn listen(self, listener: TcpListener) -> Result<Server, ServeError> {
        self.start(vec![listener])
    }

    /// Serves on an address, on a thread of its own. [`Exporter::server`] describes the addresses.
    ///
    /// # Errors
    /// If it cannot listen on the address, or if the system does not start the thread.
    pub fn spawn(self, address: impl ToSocketAddrs + Debug) -> Result<ServerThread, ServeError> {
        let listeners = listen(address)?;
        let addresses = addresses(listeners.iter().map(TcpListener::local_addr))?;
        let (stop, stopped) = StopSender::new();
        let limits = Limits::STANDARD;
        let listen = move || Ok(TcpListeners::new(adopt(listeners)?, limits));
        let thread = thread::spawn(listen, Site::new(&self.exporter), limits, stopped)?;
        Ok(ServerThread::new(addresses, stop, thread))
    }

    fn start(self, listeners: Vec<TcpListener>) -> Result<Server, ServeError> {
        let addresses = addresses(listeners.iter().map(TcpListener::local_addr))?;
        let (stop, stopped) = StopSender::new();
        let limits = Limits::STANDARD;
        let listeners = TcpListeners::new(adopt(listeners)?, limits);
        let task = tokio::spawn(run(listeners, Site::new(&self.exporter), limits, stopped));
        Ok(Server::new(addresses, stop, task))
    }
}

/// The addresses of listeners, of which there is at least one.
fn addresses(
    listening: impl Iterator<Item = io::Result<SocketAddr>>,
) -> Result<Addresses, ServeError> {
    let all: Vec<SocketAddr> = listening
        .collect::<io::Result<_>>()
        .map_err(|source| ServeError::Start { source })?;
    let first = all.first().copied().ok_or_else(|| ServeError::Start {
        source: io::ErrorKind::NotFound.into(),
    })?;
    Ok(Addresses { first, all })
}

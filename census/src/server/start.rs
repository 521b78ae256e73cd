//! Starting a server.

use std::fmt::Debug;
use std::net::{SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::SocketAddr as UnixAddr;
#[cfg(unix)]
use std::path::Path;

use super::ServeError;
use super::builder::ServerBuilder;
use super::entrance::Entrance;
use super::handles::{Server, ServerThread, StopSender};
use super::limits::Limits;
use super::listen::{listen, listen_async};
use super::open::OpenListener;
use super::run::run;
use super::site::Site;
use super::thread;
#[cfg(unix)]
use super::unix;
use crate::prometheus::Exporter;

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
    ///   scrapes share such an exposition. One is made at a time, or a page for people; when too many wait, one of the address
    ///   that asks for most is answered with 503.
    /// - `X-Prometheus-Scrape-Timeout-Seconds`, which Prometheus sends, is the longest time that a scrape waits, less a tenth
    ///   (half a second at most) for the way. So Prometheus learns why there is no exposition. It must be greater than 0 and at
    ///   most an hour. It does not extend the exporter's [deadline](crate::prometheus::ExporterBuilder::deadline).
    /// - An answer of status 503 has the header `Retry-After`.
    ///
    /// # Access
    ///
    /// Everybody who can connect may scrape, unless [settings](ServerBuilder) say otherwise.
    ///
    /// # Limits
    ///
    /// The limits are fixed, because no scraper comes near them.
    ///
    /// - There are at most 64 connections, and 48 from one address (of IPv6, from one network of 64 bits). Each further one is
    ///   accepted, and another connection is closed for it: one of the address that has most, so that a flood from few
    ///   addresses closes its own connections only. It is the one that has waited longest without a whole request; the last 16
    ///   connections on which requests (other than of `/healthz`) were answered go after those that never had one. If none waits, it is the one whose
    ///   client has taken nothing of its response for the longest time, after a quarter of a second. A client that has ended its
    ///   side counts as waiting until its response begins. Up to 64 connections wait for a place meanwhile.
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
        ServerBuilder::new(self)
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
    /// If it cannot listen on the address, if a setting cannot work, or if it is not awaited in a tokio runtime with IO
    /// and time enabled.
    pub async fn bind(
        self,
        address: impl tokio::net::ToSocketAddrs + Debug,
    ) -> Result<Server, ServeError> {
        let site = self.build(true)?;
        start(site, listen_async(address).await?.into())
    }

    /// Serves on a Unix socket, on the tokio runtime in which this is called.
    ///
    /// The socket's file has the [mode](Self::unix_mode) `0o600` from the first moment at which a client can connect,
    /// whatever the process's umask is. A socket on which no program listens any more is replaced. The file is removed
    /// when the server ends, unless another file has taken its place.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("app.sock");
    /// use census::prometheus::Exporter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// // `path` could be "/run/app.sock".
    /// let server = exporter.server().unix_mode(0o660).bind_unix(&path)?;
    /// // the rest of the program
    /// server.shutdown().await;
    /// assert!(!path.exists());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(start()).unwrap();
    /// ```
    ///
    /// # Errors
    /// If a program listens on the path, if a file there is no socket, or if the system does not let the program make the
    /// socket. If a setting cannot work, or if it is not called in a tokio runtime with IO and time enabled.
    #[cfg(unix)]
    pub fn bind_unix(self, path: impl AsRef<Path>) -> Result<Server<UnixAddr>, ServeError> {
        let mode = self.checked_unix_mode()?;
        let site = self.build(false)?;
        let (listener, file) = unix::listen(path.as_ref(), mode)?;
        start(site, OpenListener::unix(listener, Some(file)))
    }

    /// Serves on a listener that is already open, for example one that a service manager has opened, on the tokio
    /// runtime in which this is called. The listener is a [`std::net::TcpListener`] or a
    /// [`std::os::unix::net::UnixListener`]. The file of such a Unix socket stays as it is.
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
    /// If it is not called in a tokio runtime with IO and time enabled, if a setting cannot work, or if the system
    /// rejects the listener.
    pub fn listen<A>(self, listener: impl Into<OpenListener<A>>) -> Result<Server<A>, ServeError> {
        let listener = listener.into();
        start(self.build(listener.has_peers())?, listener)
    }

    /// Serves on an address, on a thread of its own. [`Exporter::server`] describes the addresses.
    ///
    /// # Errors
    /// If it cannot listen on the address, if a setting cannot work, or if the system does not start the thread.
    pub fn spawn(self, address: impl ToSocketAddrs + Debug) -> Result<ServerThread, ServeError> {
        let site = self.build(true)?;
        spawn(site, listen(address)?.into())
    }

    /// Serves on a Unix socket as [`bind_unix`](Self::bind_unix) does, on a thread of its own.
    ///
    /// # Errors
    /// As [`bind_unix`](Self::bind_unix), or if the system does not start the thread. It needs no runtime.
    #[cfg(unix)]
    pub fn spawn_unix(self, path: impl AsRef<Path>) -> Result<ServerThread<UnixAddr>, ServeError> {
        let mode = self.checked_unix_mode()?;
        let site = self.build(false)?;
        let (listener, file) = unix::listen(path.as_ref(), mode)?;
        spawn(site, OpenListener::unix(listener, Some(file)))
    }

    /// Serves on a listener that is already open as [`listen`](Self::listen) does, on a thread of its own.
    ///
    /// # Errors
    /// If a setting cannot work, if the system rejects the listener, or if it does not start the thread.
    pub fn spawn_listener<A>(
        self,
        listener: impl Into<OpenListener<A>>,
    ) -> Result<ServerThread<A>, ServeError> {
        let listener = listener.into();
        spawn(self.build(listener.has_peers())?, listener)
    }
}

/// Starts a server on the runtime of the caller.
fn start<A>(
    (site, entrance): (Site, Entrance),
    listener: OpenListener<A>,
) -> Result<Server<A>, ServeError> {
    let limits = Limits::STANDARD;
    let (addresses, opened) = listener.into_parts()?;
    let (stop, stopped) = StopSender::new();
    let task = tokio::spawn(run(opened.adopt(limits)?, site, entrance, limits, stopped));
    Ok(Server::new(addresses, stop, task))
}

/// Starts a server on a thread of its own.
fn spawn<A>(
    (site, entrance): (Site, Entrance),
    listener: OpenListener<A>,
) -> Result<ServerThread<A>, ServeError> {
    let limits = Limits::STANDARD;
    let (addresses, opened) = listener.into_parts()?;
    let (stop, stopped) = StopSender::new();
    let listen = move || opened.adopt(limits);
    let thread = thread::spawn(listen, site, entrance, limits, stopped)?;
    Ok(ServerThread::new(addresses, stop, thread))
}

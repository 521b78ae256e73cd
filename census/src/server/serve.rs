//! Starting and stopping a server.

use std::fmt::Debug;
use std::future::pending;
use std::net::{SocketAddr, ToSocketAddrs};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::ServeError;
use super::limits::Limits;
use super::listen::{listen, listen_async};
use super::run::{Stop, run};
use super::thread;
use crate::prometheus::Exporter;

/// Serves the metrics at `/metrics` of an address, in the background, for as long as the tokio runtime runs. Returns
/// the address that it listens on; if the port was 0, it has the port that the system chose.
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
    let exporter = Exporter::builder().build_lenient();
    let listener = listen_async(address).await?;
    let address = local_addr(&listener)?;
    tokio::spawn(run(
        listener,
        exporter.scraper(),
        Limits::STANDARD,
        pending(),
    ));
    Ok(address)
}

fn local_addr(listener: &tokio::net::TcpListener) -> Result<SocketAddr, ServeError> {
    listener
        .local_addr()
        .map_err(|source| ServeError::Start { source })
}

impl Exporter {
    /// Serves the metrics at `/metrics` of an address, on the tokio runtime in which this future is awaited.
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
        let listener = listen_async(address).await?;
        let address = local_addr(&listener)?;
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            match stopped.await {
                Ok(()) => Stop::Graceful,
                // The `Server` was dropped.
                Err(_) => Stop::Immediate,
            }
        };
        let task = tokio::spawn(run(listener, self.scraper(), Limits::STANDARD, stopped));
        Ok(Server {
            address,
            stop,
            task,
        })
    }

    /// Serves the metrics at `/metrics` of an address, on its own thread, until the program ends. Returns the address
    /// that it listens on; if the port was 0, it has the port that the system chose.
    ///
    /// This is for programs without a tokio runtime, and works in others, too. The thread sleeps between requests.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    ///
    /// let address = Exporter::builder().build_lenient().spawn("127.0.0.1:0")?;
    /// println!("metrics at http://{address}/metrics");
    /// # Ok::<(), census::prometheus::ServeError>(())
    /// ```
    ///
    /// # Errors
    /// If it cannot listen on the address, or if the system does not start the thread.
    pub fn spawn(&self, address: impl ToSocketAddrs + Debug) -> Result<SocketAddr, ServeError> {
        let listener = listen(address)?;
        let address = listener
            .local_addr()
            .map_err(|source| ServeError::Start { source })?;
        thread::spawn(listener, self.scraper(), Limits::STANDARD, pending())?;
        Ok(address)
    }
}

/// A server that runs until it is shut down or dropped. Made by [`Exporter::bind`].
///
/// A dropped server stops at once: it accepts no more connections, and closes the open ones without a response.
#[must_use = "a server stops when it is dropped"]
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// A message stops the server gracefully. Without one, dropping the sender stops it at once.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// The address that the server listens on; if the port was 0, with the port that the system chose.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server, and returns when its port is free.
    ///
    /// The server accepts no more connections. Requests in flight are answered within five seconds; after that, their
    /// connections are closed. If this future is dropped after its first poll, the shutdown goes on in the background.
    pub async fn shutdown(self) {
        // Both fail only if the server's runtime has ended, and the server with it.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

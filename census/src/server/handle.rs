//! Starting a server, and stopping it.

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

/// Serves the metrics at `/metrics` of an address, in the background, for as long as the tokio runtime runs. Returns the
/// address, in which a port 0 has become the one chosen.
///
/// All that most programs need. It serves what is valid in the catalogue, and keeps the rest readable, as
/// [`build_lenient`] does. For settings of your own make an [`Exporter`]; for a server that can be stopped,
/// [`bind`](Exporter::bind) it; in a program without a runtime, [`spawn`](Exporter::spawn) it.
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
/// When it cannot listen on the address, or when it is not awaited in a tokio runtime.
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
    /// Serves the metrics at `/metrics` of an address, on the tokio runtime that it is awaited in.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// use census::prometheus::Exporter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let server = exporter.bind("127.0.0.1:0").await?;
    /// println!("metrics at http://{}/metrics", server.local_addr());
    /// // the program
    /// server.shutdown().await;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(start()).unwrap();
    /// ```
    ///
    /// # Errors
    /// When it cannot listen on the address, or when it is not awaited in a tokio runtime with IO and time enabled.
    pub async fn bind(
        &self,
        address: impl tokio::net::ToSocketAddrs + Debug,
    ) -> Result<Server, ServeError> {
        let listener = listen_async(address).await?;
        let address = local_addr(&listener)?;
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            match stopped.await {
                Ok(()) => Stop::Gracefully,
                Err(_) => Stop::AtOnce,
            }
        };
        let task = tokio::spawn(run(listener, self.scraper(), Limits::STANDARD, stopped));
        Ok(Server {
            address,
            stop,
            task,
        })
    }

    /// Serves the metrics at `/metrics` of an address, on a thread of its own, for the rest of the program. Returns the
    /// address, in which a port 0 has become the one chosen.
    ///
    /// For programs without a tokio runtime, though it works beside one too. The thread is asleep between requests.
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
    /// When it cannot listen on the address, or the system gives no thread.
    pub fn spawn(&self, address: impl ToSocketAddrs + Debug) -> Result<SocketAddr, ServeError> {
        let listener = listen(address)?;
        let address = listener
            .local_addr()
            .map_err(|source| ServeError::Start { source })?;
        thread::spawn(listener, self.scraper(), Limits::STANDARD, pending())?;
        Ok(address)
    }
}

/// A server that runs, until it is shut down or dropped.
///
/// Made by [`Exporter::bind`]. Dropped, it stops at once: it accepts no more, and connections are closed as they are.
#[must_use = "a server stops when it is dropped"]
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// Dropped without a word, it stops the server at once.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// The address that it listens on, in which a port 0 has become the one chosen.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server, and returns when its port is free.
    ///
    /// It accepts no more. Requests in flight have five seconds to be answered; then they are dropped. Once begun, that
    /// goes on in the background if this future is dropped.
    pub async fn shutdown(self) {
        // Either fails only if the server has stopped already, with its runtime.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

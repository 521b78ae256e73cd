//! A server on its own thread.

use std::io;
use std::net::TcpListener;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::ServeError;
use super::limits::Limits;
use super::routes::Scraper;
use super::run::{Stop, run};

/// Starts a thread that runs the server, and returns once the server accepts connections or could not be started.
pub(super) fn spawn(
    listener: TcpListener,
    scraper: Scraper,
    limits: Limits,
    stop: impl Future<Output = Stop> + Send + 'static,
) -> Result<(), ServeError> {
    let (started, outcome) = channel();
    let thread = thread::Builder::new().name("census-server".to_owned());
    let spawned = thread.spawn(move || {
        if let Err(error) = serve(listener, scraper, limits, stop, &started) {
            // `spawn` waits for this message, so the channel is open.
            let _ = started.send(Err(error));
        }
    });
    spawned
        .and_then(|_| {
            outcome
                .recv()
                .unwrap_or_else(|_| Err(io::Error::other("the thread ended before it served")))
        })
        .map_err(|source| ServeError::Start { source })
}

/// Serves until `stop` is ready. Sends to `started` once connections are accepted.
///
/// The runtime is built on this thread. If `spawn` built it and the system then refused the thread, the runtime would
/// be dropped there; that panics if `spawn` is called within another runtime.
fn serve(
    listener: TcpListener,
    scraper: Scraper,
    limits: Limits,
    stop: impl Future<Output = Stop>,
    started: &Sender<io::Result<()>>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let _ = started.send(Ok(()));
        run(listener, scraper, limits, stop).await;
        Ok(())
    })
}

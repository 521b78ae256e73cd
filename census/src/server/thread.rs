//! A server on its own thread.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use super::ServeError;
use super::accept::Listener;
use super::entrance::Entrance;
use super::limits::Limits;
use super::run::{Stop, run};
use super::site::Site;

/// Starts a thread that runs the server, and returns once the server accepts connections or could not be started.
///
/// `listen` makes the listener. It is called in the thread's runtime.
pub(super) fn spawn<L: Listener>(
    listen: impl FnOnce() -> Result<L, ServeError> + Send + 'static,
    site: Site,
    entrance: Entrance,
    limits: Limits,
    stop: impl Future<Output = Stop> + Send + 'static,
) -> Result<JoinHandle<()>, ServeError> {
    let (started, outcome) = channel();
    let thread = thread::Builder::new()
        .name("census-server".to_owned())
        .spawn(move || {
            if let Err(error) = serve(listen, site, entrance, limits, stop, &started) {
                // `spawn` waits for this message, so the channel is open.
                let _ = started.send(Err(error));
            }
        })
        .map_err(|source| ServeError::Start { source })?;
    outcome.recv().unwrap_or_else(|_| {
        let source = io::Error::other("the thread ended before it served");
        Err(ServeError::Start { source })
    })?;
    Ok(thread)
}

/// Serves until `stop` is ready. Sends to `started` once connections are accepted.
///
/// The runtime is built on this thread. If `spawn` built it and the system then refused the thread, the runtime would
/// be dropped there; that panics if `spawn` is called within another runtime.
fn serve<L: Listener>(
    listen: impl FnOnce() -> Result<L, ServeError>,
    site: Site,
    entrance: Entrance,
    limits: Limits,
    stop: impl Future<Output = Stop>,
    started: &Sender<Result<(), ServeError>>,
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(|source| ServeError::Start { source })?;
    let served = runtime.block_on(async {
        let listener = listen()?;
        let _ = started.send(Ok(()));
        run(listener, site, entrance, limits, stop).await;
        Ok(())
    });
    // Dropping the runtime would wait for its blocking tasks, which may hang in a collector.
    runtime.shutdown_background();
    served
}

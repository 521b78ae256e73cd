//! A server on a thread of its own.

use std::io;
use std::net::TcpListener;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::ServeError;
use super::limits::Limits;
use super::routes::Scraper;
use super::run::{Stop, run};

/// Runs the server on a thread of its own, and returns when it has begun.
pub(super) fn spawn(
    listener: TcpListener,
    scraper: Scraper,
    limits: Limits,
    stop: impl Future<Output = Stop> + Send + 'static,
) -> Result<(), ServeError> {
    let (begun, outcome) = channel();
    let thread = thread::Builder::new().name("census-server".to_owned());
    let spawned = thread.spawn(move || {
        if let Err(error) = serve(listener, scraper, limits, stop, &begun) {
            // The function around waits for it.
            let _ = begun.send(Err(error));
        }
    });
    spawned
        .and_then(|_| {
            outcome
                .recv()
                .unwrap_or_else(|_| Err(io::Error::other("its thread ended at once")))
        })
        .map_err(|source| ServeError::Start { source })
}

/// Serves until it is told to stop. Says when it has begun.
///
/// The runtime is made here, on its thread: made before, and then dropped because there is no thread to be had, it
/// would panic inside of another runtime.
fn serve(
    listener: TcpListener,
    scraper: Scraper,
    limits: Limits,
    stop: impl Future<Output = Stop>,
    begun: &Sender<io::Result<()>>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let _ = begun.send(Ok(()));
        run(listener, scraper, limits, stop).await;
        Ok(())
    })
}

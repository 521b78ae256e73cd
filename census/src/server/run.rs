//! The loop that accepts connections and serves them.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::limits::Limits;
use super::routes::{Scraper, server_routes};
use super::write_timeout::WriteTimeoutStream;

/// The way in which a server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Requests in flight are answered first, within [`Limits::drain`].
    Graceful,
    /// Connections are closed at once.
    Immediate,
}

/// Serves until `stop` is ready. When it returns, the port is free and all connections are closed.
pub(super) async fn run(
    listener: TcpListener,
    scraper: Scraper,
    limits: Limits,
    stop: impl Future<Output = Stop>,
) {
    let mut stop = pin!(stop);
    let http = limits.http();
    let service = TowerToHyperService::new(warp::service(server_routes(scraper)));
    let permits = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    // Dropping the set aborts its tasks, so the connections also end if this future is dropped.
    let mut connections = JoinSet::new();
    let stop = loop {
        let accepted = accept(&listener, &permits, limits.accept_pause);
        match or_stopped(stop.as_mut(), accepted).await {
            Err(stop) => break stop,
            // Unreachable: the semaphore is never closed.
            Ok(None) => break Stop::Graceful,
            Ok(Some((stream, permit))) => {
                let stream = WriteTimeoutStream::new(stream, limits.stall);
                let connection = graceful.watch(http.serve_connection(stream, service.clone()));
                connections.spawn(async move {
                    // The client went away, was too slow or did not send HTTP: such an error concerns no other
                    // connection.
                    let _ = connection.await;
                    drop(permit);
                });
            }
        }
        // The set keeps the result of each task until it is joined.
        while connections.try_join_next().is_some() {}
    };
    drop(listener);
    if stop == Stop::Graceful {
        // After a timeout, the connections that are left are closed next.
        let _ = tokio::time::timeout(limits.drain, graceful.shutdown()).await;
    }
    connections.shutdown().await;
}

/// `Ok` with the future's output, or `Err` with `stop`'s if `stop` is ready first.
async fn or_stopped<S, T>(
    mut stop: Pin<&mut impl Future<Output = S>>,
    future: impl Future<Output = T>,
) -> Result<T, S> {
    let mut future = pin!(future);
    poll_fn(|cx| match stop.as_mut().poll(cx) {
        Poll::Ready(stop) => Poll::Ready(Err(stop)),
        Poll::Pending => future.as_mut().poll(cx).map(Ok),
    })
    .await
}

/// Accepts a connection as soon as there are fewer connections than permits. `None` if the semaphore is closed.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    pause: Duration,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    let (stream, _) = accept_with_retry(pause, |cx| listener.poll_accept(cx)).await;
    // A response should not wait for the acknowledgment of the one before. If the system rejects the option, responses
    // are slower but still correct.
    let _ = stream.set_nodelay(true);
    Some((stream, permit))
}

/// Calls `poll_accept` until it succeeds. It pauses after an error that does not concern a single connection.
async fn accept_with_retry<T>(
    pause: Duration,
    mut poll_accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>,
) -> T {
    loop {
        match poll_fn(&mut poll_accept).await {
            Ok(accepted) => return accepted,
            Err(error) if is_connection_error(&error) => {}
            // File descriptors or memory are short, and the connection stays in the queue. Without a pause, the loop
            // would spin.
            Err(_) => tokio::time::sleep(pause).await,
        }
    }
}

/// Whether the error concerns one connection only: its client went away before it was accepted.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Instant;

    use super::*;

    #[test]
    fn accept_retries_after_errors_without_spinning() {
        let kinds = [
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::Other,
            io::ErrorKind::OutOfMemory,
        ];
        let pause = Duration::from_millis(20);
        let attempts = Cell::new(0);
        let accept = |_: &mut Context<'_>| {
            let error = kinds.get(attempts.get()).copied();
            attempts.set(attempts.get() + 1);
            Poll::Ready(error.map_or(Ok("client"), |kind| Err(kind.into())))
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let start = Instant::now();
        assert_eq!(runtime.block_on(accept_with_retry(pause, accept)), "client");
        assert!(start.elapsed() >= pause * 2);
        assert_eq!(attempts.get(), kinds.len() + 1);
    }
}

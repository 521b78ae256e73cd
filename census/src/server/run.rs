//! The loop that accepts connections, and the connections.

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
use super::patient::Patient;
use super::routes::{Scraper, site};

/// How a server is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Requests in flight are answered first.
    Gracefully,
    /// Connections are dropped as they are.
    AtOnce,
}

/// Serves until it is told to stop, and then until the port is free.
pub(super) async fn run(
    listener: TcpListener,
    scraper: Scraper,
    limits: Limits,
    stop: impl Future<Output = Stop>,
) {
    let mut stop = pin!(stop);
    let http = limits.http();
    let service = TowerToHyperService::new(warp::service(site(scraper)));
    let permits = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    // Owned here, so that the connections end with this future however it ends.
    let mut connections = JoinSet::new();
    let how = loop {
        let client = next(&listener, &permits, limits.accept_pause);
        match unless(stop.as_mut(), client).await {
            Err(how) => break how,
            Ok(None) => break Stop::Gracefully,
            Ok(Some((stream, permit))) => {
                let client = Patient::new(stream, limits.stall);
                let connection = graceful.watch(http.serve_connection(client, service.clone()));
                connections.spawn(async move {
                    // An error is a client that went away, was too slow, or spoke no HTTP: its own affair.
                    let _ = connection.await;
                    drop(permit);
                });
            }
        }
        // What has ended would be kept until it is asked for.
        while connections.try_join_next().is_some() {}
    };
    drop(listener);
    if how == Stop::Gracefully {
        // Too late or not: what is left is dropped next.
        let _ = tokio::time::timeout(limits.drain, graceful.shutdown()).await;
    }
    connections.shutdown().await;
}

/// The output of the future, unless it is time to stop first.
async fn unless<S, T>(
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

/// The next client, as soon as there may be one more.
async fn next(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    pause: Duration,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    let (stream, _) = persistently(pause, |cx| listener.poll_accept(cx)).await;
    // An answer should not wait for the acknowledgement of the one before. Slower, if refused, but no less right.
    let _ = stream.set_nodelay(true);
    Some((stream, permit))
}

/// Accepts, whatever happens.
async fn persistently<T>(
    pause: Duration,
    mut accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>,
) -> T {
    loop {
        match poll_fn(&mut accept).await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_client(&error) => {}
            // File descriptors or memory are short, and the client stays in the queue: trying again at once would spin.
            Err(_) => tokio::time::sleep(pause).await,
        }
    }
}

/// Whether the error is of a client that went away before it was accepted.
fn is_of_one_client(error: &io::Error) -> bool {
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
    fn accepting_goes_on_after_errors_without_spinning() {
        let kinds = [
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::Other,
            io::ErrorKind::OutOfMemory,
        ];
        let pause = Duration::from_millis(20);
        let tried = Cell::new(0);
        let accept = |_: &mut Context<'_>| {
            let error = kinds.get(tried.get()).copied();
            tried.set(tried.get() + 1);
            Poll::Ready(error.map_or(Ok("client"), |kind| Err(kind.into())))
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let begin = Instant::now();
        assert_eq!(runtime.block_on(persistently(pause, accept)), "client");
        assert!(begin.elapsed() >= pause * 2);
        assert_eq!(tried.get(), kinds.len() + 1);
    }
}

//! The loop that accepts connections and serves them.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::accept::{Listener, accept};
use super::connection::Shared;
use super::connections::Connections;
use super::entrance::Entrance;
use super::limits::Limits;
use super::peer::Peer;
use super::site::Site;

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
    mut listener: impl Listener,
    site: Site,
    entrance: Entrance,
    limits: Limits,
    stop: impl Future<Output = Stop>,
) {
    let mut stop = pin!(stop);
    let shared = Shared::new(site, entrance.clone(), limits);
    let mut connections = Connections::new(shared, limits);
    let serve = async {
        // The time at which there may be room for a stream that waits.
        let mut look_again = None;
        loop {
            let next = next(&mut listener, &mut connections, limits, look_again).await;
            if let Some((stream, peer)) = next
                && entrance.admits(&peer)
            {
                connections.add(stream, peer);
            }
            look_again = connections.serve_waiting().await;
            // The new connection runs before the next one is accepted. So its request, which has often arrived with it,
            // counts before it may have to make room itself.
            yield_now().await;
        }
    };
    let stop = until(stop.as_mut(), serve).await;
    drop(listener);
    if stop == Stop::Graceful {
        // After a timeout, the connections that are left are closed next.
        let _ = tokio::time::timeout(limits.drain, connections.finish()).await;
    }
    connections.shutdown().await;
}

/// Waits for the next stream. `None` if there may be room before: a connection has ended, or it is time to look again.
///
/// Streams are accepted however many connections there are. They wait here and not in the system, where a flood from one
/// address would keep all others out.
async fn next<L: Listener>(
    listener: &mut L,
    connections: &mut Connections<L::Stream>,
    limits: Limits,
    look_again: Option<Instant>,
) -> Option<(L::Stream, Peer)> {
    let mut accepted = pin!(accept(listener, limits.accept_pause));
    let mut sleep = pin!(look_again.map(sleep_until));
    poll_fn(|cx| {
        if let Poll::Ready(accepted) = accepted.as_mut().poll(cx) {
            return Poll::Ready(Some(accepted));
        }
        let slept = sleep.as_mut().as_pin_mut();
        let is_time = slept.is_some_and(|sleep| sleep.poll(cx).is_ready());
        if is_time || connections.poll_ended(cx).is_ready() {
            return Poll::Ready(None);
        }
        Poll::Pending
    })
    .await
}

/// Runs `endless` until `stop` is ready.
async fn until<S>(
    mut stop: Pin<&mut impl Future<Output = S>>,
    endless: impl Future<Output = ()>,
) -> S {
    let mut endless = pin!(endless);
    poll_fn(|cx| {
        let stopped = stop.as_mut().poll(cx);
        if stopped.is_pending() {
            let _: Poll<()> = endless.as_mut().poll(cx);
        }
        stopped
    })
    .await
}

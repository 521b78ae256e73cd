//! The loop that accepts connections and serves them.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet, yield_now};
use tokio::time::{Instant, timeout_at};

use super::accept::{Listener, accept};
use super::activity::Activity;
use super::connection::Shared;
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
    let mut connections = Connections::new(limits);
    let shared = Shared::new(site, entrance.clone(), limits);
    let serve = async {
        loop {
            // New connections do not wait for a place: idle ones could keep a scrape out.
            let (stream, peer) = accept(&mut listener, limits.accept_pause).await;
            if entrance.admits(&peer) {
                connections.make_room().await;
                connections.serve(shared.clone(), stream, peer);
            } else {
                drop(stream);
            }
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
    connections.tasks.shutdown().await;
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

/// The open connections.
///
/// *Invariant: there are at most `limits.connections` of them*, and one accepted stream. The loop calls `make_room`
/// before each `serve`.
struct Connections {
    limits: Limits,
    /// Dropping the set aborts its tasks, so the connections also end if the server's future is dropped.
    tasks: JoinSet<()>,
    /// An entry for each task that has not been joined.
    entries: HashMap<Id, Entry>,
    closing: watch::Sender<bool>,
}

struct Entry {
    activity: Arc<Activity>,
    task: AbortHandle,
}

impl Connections {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            tasks: JoinSet::new(),
            entries: HashMap::new(),
            closing: watch::Sender::new(false),
        }
    }

    fn serve<S>(&mut self, shared: Shared, stream: S, peer: Peer)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::new());
        let mut closing = self.closing.subscribe();
        let closing = async move {
            // An error means that the server has been dropped, and its connections with it.
            let _ = closing.wait_for(|is_closing| *is_closing).await;
        };
        let connection = shared.serve(stream, peer, Arc::clone(&activity), closing);
        let task = self.tasks.spawn(connection);
        self.entries.insert(task.id(), Entry { activity, task });
    }

    /// Waits until there are fewer connections than the limit, and closes one for it if necessary. If all of them have
    /// requests, it waits for `limits.grace` at most. Otherwise it waits for the poll of a connection, which does not
    /// block.
    async fn make_room(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.forget(ended);
        }
        while self.entries.len() >= self.limits.connections {
            let precedence = |it: &&Entry| it.activity.precedence();
            let Some(first) = self.entries.values().min_by_key(precedence) else {
                break;
            };
            let closable_from = first.activity.precedence().closable_from(&self.limits);
            let next_end = self.tasks.join_next_with_id();
            let ended = if closable_from <= Instant::now() {
                first.task.abort();
                next_end.await
            } else {
                // After this time, another connection may be the first.
                timeout_at(closable_from, next_end).await.unwrap_or(None)
            };
            if let Some(ended) = ended {
                self.forget(ended);
            }
        }
    }

    /// Waits until no request is in flight on any connection, and closes them.
    async fn finish(&mut self) {
        self.closing.send_replace(true);
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.forget(ended);
        }
    }

    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.entries.remove(&id);
    }
}

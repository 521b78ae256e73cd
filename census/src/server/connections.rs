//! The open connections of a server, and the streams that wait for a place among them.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::activity::Activity;
use super::connection::Shared;
use super::counts::Event;
use super::limits::Limits;
use super::peer::Peer;
use super::room::{Origin, Room, Standing, Standings};
use crate::prometheus::gives_way;

/// The open connections, and the streams that wait for a place among them.
///
/// *Invariant: there are at most `limits.connections` connections, and `limits.waiting` streams.*
pub(super) struct Connections<S> {
    shared: Shared,
    limits: Limits,
    /// Dropping the set aborts its tasks, so the connections also end if the server's future is dropped.
    tasks: JoinSet<()>,
    /// An entry for each task that has not been joined.
    entries: HashMap<Id, Entry>,
    /// Streams that were accepted, in this order. Nothing is read from them.
    waiting: VecDeque<Waiting<S>>,
    closing: watch::Sender<bool>,
}

struct Entry {
    origin: Origin,
    activity: Arc<Activity>,
    task: AbortHandle,
}

struct Waiting<S> {
    stream: S,
    peer: Peer,
    origin: Origin,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Connections<S> {
    pub(super) fn new(shared: Shared, limits: Limits) -> Self {
        Self {
            shared,
            limits,
            tasks: JoinSet::new(),
            entries: HashMap::new(),
            waiting: VecDeque::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Adds a stream to those that wait. If they are too many, one of the origin that has most of them is closed.
    pub(super) fn add(&mut self, stream: S, peer: Peer) {
        let origin = Origin::of(&peer);
        self.waiting.push_back(Waiting {
            stream,
            peer,
            origin,
        });
        if self.waiting.len() > self.limits.waiting {
            let origins = self.waiting.iter().map(|it| it.origin);
            if let Some((index, _)) = gives_way(origins) {
                self.waiting.remove(index);
                self.shared.counts().count(Event::Displaced);
            }
        }
    }

    /// Serves the streams that wait, as far as there is room, and closes connections to make room. Returns the time at which there
    /// may be more room, if streams are left.
    pub(super) async fn serve_waiting(&mut self) -> Option<Instant> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.forget(ended);
        }
        while !self.waiting.is_empty() {
            let (index, displaced) = match self.next_to_serve() {
                Ok(next) => next,
                Err(not_before) => return not_before,
            };
            if let Some(id) = displaced {
                self.shared.counts().count(Event::Displaced);
                self.close(id).await;
            }
            if let Some(waiting) = self.waiting.remove(index) {
                self.serve(waiting);
            }
        }
        None
    }

    /// The index of the stream that is served next, and the connection that gives way to it. An error has the time at which there
    /// may be room.
    fn next_to_serve(&self) -> Result<(usize, Option<Id>), Option<Instant>> {
        let now = Instant::now();
        let standings: Vec<Standing> = self.entries.iter().map(Entry::standing).collect();
        let standings = Standings::new(&standings, &self.limits);
        let mut first_of_origin: HashMap<Origin, usize> = HashMap::new();
        for (index, waiting) in self.waiting.iter().enumerate() {
            first_of_origin.entry(waiting.origin).or_insert(index);
        }
        // An origin with few connections comes before one with many.
        let mut origins: Vec<(Origin, usize)> = first_of_origin.into_iter().collect();
        origins.sort_unstable_by_key(|(origin, index)| (standings.of(*origin), *index));
        let mut not_before: Option<Instant> = None;
        for (origin, index) in origins {
            match standings.room(origin, now) {
                Room::Free => return Ok((index, None)),
                Room::InPlaceOf(id) => return Ok((index, Some(id))),
                Room::NotBefore(time) => {
                    not_before = Some(not_before.map_or(time, |it| it.min(time)));
                }
            }
        }
        Err(not_before)
    }

    fn serve(&mut self, waiting: Waiting<S>) {
        let Waiting {
            stream,
            peer,
            origin,
        } = waiting;
        let activity = Arc::new(Activity::new());
        let mut closing = self.closing.subscribe();
        let closing = async move {
            // An error means that the server has been dropped, and its connections with it.
            let _ = closing.wait_for(|is_closing| *is_closing).await;
        };
        let shared = self.shared.clone();
        let connection = shared.serve(stream, peer, Arc::clone(&activity), closing);
        let task = self.tasks.spawn(connection);
        let entry = Entry {
            origin,
            activity,
            task,
        };
        self.entries.insert(entry.task.id(), entry);
    }

    /// Closes a connection. It waits for the poll of a connection, which does not block.
    async fn close(&mut self, id: Id) {
        if let Some(entry) = self.entries.get(&id) {
            entry.task.abort();
        }
        while self.entries.contains_key(&id)
            && let Some(ended) = self.tasks.join_next_with_id().await
        {
            self.forget(ended);
        }
    }

    /// Ready when a connection has ended. Pending without a waker if there is none.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self.tasks.poll_join_next_with_id(cx) {
            Poll::Ready(Some(ended)) => {
                self.forget(ended);
                Poll::Ready(())
            }
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Waits until no request is in flight on any connection, and closes them. Streams that wait for a place are closed.
    pub(super) async fn finish(&mut self) {
        self.waiting.clear();
        self.closing.send_replace(true);
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.forget(ended);
        }
    }

    /// Closes all connections at once.
    pub(super) async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }

    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.entries.remove(&id);
    }
}

impl Entry {
    fn standing((id, entry): (&Id, &Self)) -> Standing {
        Standing {
            id: *id,
            origin: entry.origin,
            precedence: entry.activity.precedence(),
        }
    }
}

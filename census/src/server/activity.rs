//! The state of a connection, which decides when it is closed.

use tokio::time::Instant;

use super::limits::Limits;
use crate::sync::{Mutex, MutexGuard};

/// The state of a connection. The task of the connection changes the state, and the accept loop reads it.
///
/// *Invariant: a connection is `Responding` exactly from the end of a request's head until the whole response was
/// handed to the system.* [`request`](Self::request) begins it. [`flushed`](Self::flushed) after
/// [`body_dropped`](Self::body_dropped) ends it, because hyper flushes the stream only when its own buffer is empty.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Whether the client has ended its side of the connection. It may still read the response.
    half_closed: bool,
    /// Whether a request was answered of a client that has access. The health check is open to everybody, and does not count.
    is_proven: bool,
}

#[derive(Debug)]
enum Phase {
    /// No request is in flight. The head of the next one may have arrived in part.
    Waiting {
        since: Instant,
        /// The time of the first byte of the next head.
        head: Option<Instant>,
    },
    /// A request is in flight.
    Responding {
        /// The time of the request, or of the last write of which the stream took at least a byte.
        progress: Instant,
        /// Whether the stream has taken a byte of the response.
        begun: bool,
        /// Whether hyper has dropped the body of the response: it has copied all of it.
        body_dropped: bool,
    },
}

/// The order in which connections make room for new ones (`room`): the least is closed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Precedence {
    pub(super) rank: Rank,
    /// The start of the present state, or the last progress.
    pub(super) since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The connection waits for its first request. Or the client has ended its side and no byte of the response was sent: most
    /// likely the client is gone, and the response would not arrive.
    Idle,
    /// The connection waits for a request, and had one before.
    Proven,
    /// A client waits for a response.
    Responding,
}

impl Activity {
    /// The state of a connection that was accepted now.
    pub(super) fn new() -> Self {
        let phase = Phase::Waiting {
            since: Instant::now(),
            head: None,
        };
        Self(Mutex::new(State {
            phase,
            half_closed: false,
            is_proven: false,
        }))
    }

    /// Bytes of a request have arrived.
    pub(super) fn received(&self) {
        if let Phase::Waiting { head, .. } = &mut self.lock().phase {
            head.get_or_insert_with(Instant::now);
        }
    }

    /// The handshake of TLS is complete. From here on, the connection waits for a request.
    #[cfg(feature = "tls")]
    pub(super) fn handshake_done(&self) {
        self.lock().phase = Phase::Waiting {
            since: Instant::now(),
            head: None,
        };
    }

    /// The head of a request is complete.
    pub(super) fn request(&self) {
        self.lock().phase = Phase::Responding {
            progress: Instant::now(),
            begun: false,
            body_dropped: false,
        };
    }

    /// The client may make the request that it has made.
    pub(super) fn admitted(&self) {
        self.lock().is_proven = true;
    }

    /// The stream has taken bytes of the response.
    pub(super) fn progressed(&self) {
        if let Phase::Responding {
            progress, begun, ..
        } = &mut self.lock().phase
        {
            *progress = Instant::now();
            *begun = true;
        }
    }

    /// Hyper has dropped the body of the response.
    pub(super) fn body_dropped(&self) {
        if let Phase::Responding { body_dropped, .. } = &mut self.lock().phase {
            *body_dropped = true;
        }
    }

    /// Hyper's buffer is empty.
    pub(super) fn flushed(&self) {
        let mut state = self.lock();
        if let Phase::Responding {
            body_dropped: true, ..
        } = state.phase
        {
            state.phase = Phase::Waiting {
                since: Instant::now(),
                head: None,
            };
        }
    }

    /// The client has ended its side.
    pub(super) fn half_closed(&self) {
        self.lock().half_closed = true;
    }

    /// Whether a request is in flight.
    pub(super) fn is_responding(&self) -> bool {
        matches!(self.lock().phase, Phase::Responding { .. })
    }

    /// The time at which the connection is closed if its state stays the same. `None` while a request is in flight:
    /// rendering has a deadline of its own, and the stream notices a client that takes nothing.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        match self.lock().phase {
            Phase::Waiting { since, head: None } => Some(since + limits.idle),
            Phase::Waiting {
                head: Some(head), ..
            } => Some(head + limits.head),
            Phase::Responding { .. } => None,
        }
    }

    pub(super) fn precedence(&self) -> Precedence {
        let state = self.lock();
        let (rank, since) = match state.phase {
            Phase::Waiting { since, .. } if state.is_proven => (Rank::Proven, since),
            Phase::Waiting { since, .. } => (Rank::Idle, since),
            Phase::Responding {
                progress, begun, ..
            } => {
                let is_probably_gone = state.half_closed && !begun;
                let rank = if is_probably_gone {
                    Rank::Idle
                } else {
                    Rank::Responding
                };
                (rank, progress)
            }
        };
        Precedence { rank, since }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}

impl Precedence {
    /// The time from which on the connection may be closed to make room.
    pub(super) fn closable_from(self, limits: &Limits) -> Instant {
        match self.rank {
            Rank::Idle | Rank::Proven => self.since,
            Rank::Responding => self.since + limits.grace,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    fn later() {
        sleep(Duration::from_millis(1));
    }

    /// A connection whose client reads a response.
    fn reading() -> Activity {
        let activity = Activity::new();
        activity.request();
        activity.progressed();
        activity
    }

    #[test]
    fn a_response_ends_once_it_is_flushed() {
        let activity = reading();
        activity.flushed();
        assert!(activity.is_responding());
        activity.body_dropped();
        assert!(activity.is_responding());
        activity.flushed();
        assert!(!activity.is_responding());
    }

    #[test]
    fn an_incomplete_head_has_a_shorter_deadline_than_an_idle_connection() {
        let limits = Limits::STANDARD;
        let activity = Activity::new();
        let idle = activity.deadline(&limits).unwrap();
        activity.received();
        let head = activity.deadline(&limits).unwrap();
        assert!(head < idle);
        later();
        // Further bytes do not extend it.
        activity.received();
        assert_eq!(activity.deadline(&limits), Some(head));
        activity.request();
        assert_eq!(activity.deadline(&limits), None);
    }

    #[test]
    fn the_order_of_making_room() {
        let stalled = reading();
        later();
        let rendering = Activity::new();
        rendering.request();
        later();
        let waiting = Activity::new();
        later();
        let gone = Activity::new();
        gone.request();
        gone.half_closed();
        later();
        let half_closed_reader = reading();
        half_closed_reader.half_closed();
        later();
        let waiting_less = Activity::new();
        waiting_less.received();
        let proven = reading();
        proven.admitted();
        proven.body_dropped();
        proven.flushed();
        let mut order = [
            ("reader", half_closed_reader.precedence()),
            ("gone", gone.precedence()),
            ("waiting less", waiting_less.precedence()),
            ("proven", proven.precedence()),
            ("stalled", stalled.precedence()),
            ("rendering", rendering.precedence()),
            ("waiting", waiting.precedence()),
        ];
        order.sort_by_key(|(_, precedence)| *precedence);
        let order = order.map(|(name, _)| name);
        let expected = [
            "waiting",
            "gone",
            "waiting less",
            "proven",
            "stalled",
            "rendering",
            "reader",
        ];
        assert_eq!(order, expected);
    }
}

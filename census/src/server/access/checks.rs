//! Slow checks, one at a time.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use crate::panics;
use crate::prometheus::gives_way;
use crate::sync::{Mutex, MutexGuard};

/// The number of checks that wait for the one that runs. The last of them waits for two or three seconds with the usual
/// cost of a hash, which is less than a scrape's timeout.
const WAITING: usize = 8;

/// The number of them that clients of one address have at most. So one client that tries many passwords leaves room for
/// the others.
const WAITING_OF_ADDRESS: usize = WAITING / 2;

/// A queue of checks, and a thread that does one after the other. Each server has its own: a flood of passwords at one
/// of them, which many clients may reach, keeps no client out of another one.
///
/// *Invariants: at most one check runs at a time. The thread runs exactly while there are checks.*
#[derive(Debug, Default)]
pub(super) struct Checks(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    is_running: bool,
}

struct Waiting {
    peer: Option<IpAddr>,
    check: Box<dyn FnOnce() -> bool + Send>,
    outcome: oneshot::Sender<bool>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

/// The queue is full, or the system has no thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

impl State {
    /// How many checks of a client wait.
    fn of_peer(&self, peer: Option<IpAddr>) -> usize {
        self.waiting.iter().filter(|it| it.peer == peer).count()
    }
}

impl Checks {
    /// Runs a check off the caller's thread, after those that wait. A check whose future was dropped is left out. One
    /// that panics is `false`.
    ///
    /// # Errors
    /// If too many checks wait, of all clients or of this one; also if this one has given way to another client's.
    pub(super) async fn run(
        self: &Arc<Self>,
        peer: Option<IpAddr>,
        check: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<bool, Busy> {
        let (outcome, ended) = oneshot::channel();
        self.enqueue(Waiting {
            peer,
            check: Box::new(check),
            outcome,
        })?;
        // An error means that the check was dropped.
        ended.await.map_err(|_| Busy)
    }

    fn enqueue(self: &Arc<Self>, check: Waiting) -> Result<(), Busy> {
        let mut state = self.lock();
        state.waiting.retain(|it| !it.outcome.is_closed());
        let own = state.of_peer(check.peer);
        if check.peer.is_some() && own >= WAITING_OF_ADDRESS {
            return Err(Busy);
        }
        if state.waiting.len() >= WAITING {
            // The last one of the client that has most gives way, if that is more than this one has then.
            match gives_way(state.waiting.iter().map(|it| it.peer)) {
                Some((index, count)) if count > own + 1 => drop(state.waiting.remove(index)),
                _ => return Err(Busy),
            }
        }
        state.waiting.push_back(check);
        if !state.is_running {
            let checks = Arc::clone(self);
            let thread = thread::Builder::new().name("census-passwords".to_owned());
            if thread.spawn(move || checks.work()).is_err() {
                state.waiting.clear();
                return Err(Busy);
            }
            state.is_running = true;
        }
        Ok(())
    }

    /// Does the checks, until there are none.
    fn work(&self) {
        while let Some(next) = self.next() {
            if !next.outcome.is_closed() {
                // A hash is read by code of another crate, and a panic must not end the thread.
                let is_right = panics::catch(next.check).unwrap_or(false);
                // It fails if the client is gone.
                let _ = next.outcome.send(is_right);
            }
        }
    }

    /// The next check. `None` ends the thread.
    fn next(&self) -> Option<Waiting> {
        let mut state = self.lock();
        let next = state.waiting.pop_front();
        state.is_running = next.is_some();
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const ONE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)));
    const OTHER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)));

    const THIRD: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 3)));

    /// A check that waits in the queue, or runs.
    type Ended = oneshot::Receiver<bool>;

    fn enqueue(
        checks: &Arc<Checks>,
        peer: Option<IpAddr>,
        check: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<Ended, Busy> {
        let (outcome, ended) = oneshot::channel();
        let check = Box::new(check);
        checks.enqueue(Waiting {
            peer,
            check,
            outcome,
        })?;
        Ok(ended)
    }

    /// Checks of which one runs until the sender is dropped.
    fn blocked() -> (Arc<Checks>, Sender<()>, Ended) {
        let checks = Arc::<Checks>::default();
        let (release, released): (Sender<()>, Receiver<()>) = channel();
        let (begun, has_begun) = channel();
        let running = enqueue(&checks, ONE, move || {
            begun.send(()).unwrap();
            released.recv().is_err()
        });
        has_begun.recv().unwrap();
        (checks, release, running.unwrap())
    }

    #[test]
    fn a_short_queue_is_bounded_for_each_address_and_for_all() {
        let (checks, release, running) = blocked();
        let mut waiting = Vec::new();
        for _ in 0..WAITING_OF_ADDRESS {
            waiting.push(enqueue(&checks, ONE, || true).unwrap());
        }
        assert_eq!(enqueue(&checks, ONE, || true).err(), Some(Busy));
        for _ in WAITING_OF_ADDRESS..WAITING {
            waiting.push(enqueue(&checks, OTHER, || true).unwrap());
        }
        for peer in [ONE, OTHER] {
            assert_eq!(enqueue(&checks, peer, || true).err(), Some(Busy));
        }
        // Clients with many checks give way to a client with few.
        for peer in [THIRD, None] {
            waiting.push(enqueue(&checks, peer, || true).unwrap());
        }
        let given_up = waiting.remove(WAITING - 1);
        assert!(given_up.blocking_recv().is_err());
        let given_up = waiting.remove(WAITING_OF_ADDRESS - 1);
        assert!(given_up.blocking_recv().is_err());
        drop(release);
        for ended in [running].into_iter().chain(waiting) {
            assert_eq!(ended.blocking_recv(), Ok(true));
        }
        // There is room again.
        let again = enqueue(&checks, ONE, || false).unwrap();
        assert_eq!(again.blocking_recv(), Ok(false));
    }

    #[test]
    fn a_check_whose_client_is_gone_is_left_out_and_makes_room() {
        let (checks, release, _running) = blocked();
        for _ in 0..WAITING * 3 {
            drop(enqueue(&checks, ONE, || panic!("not left out")).unwrap());
        }
        let last = enqueue(&checks, ONE, || true).unwrap();
        drop(release);
        assert_eq!(last.blocking_recv(), Ok(true));
    }

    #[test]
    fn a_panic_is_a_wrong_password_and_the_next_check_is_done() {
        let checks = Arc::<Checks>::default();
        let panics = enqueue(&checks, None, || panic!("on purpose")).unwrap();
        let next = enqueue(&checks, None, || true).unwrap();
        assert_eq!(panics.blocking_recv(), Ok(false));
        assert_eq!(next.blocking_recv(), Ok(true));
    }
}

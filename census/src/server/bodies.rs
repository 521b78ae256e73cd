//! The memory of the responses that are being sent.

use std::sync::{Arc, LazyLock, Weak};

use tokio::time::Instant;

use super::limits::Limits;
use crate::prometheus::{Body, Chunk};
use crate::sync::{Mutex, MutexGuard};

/// The bodies that responses hold. A body is shared by all responses of one rendering, so memory depends on the number
/// of different bodies. Slow readers hold old bodies; this type bounds them.
///
/// *Invariant: after [`lease`](Self::lease) has returned, the leased bodies have at most `limits.body_bytes` bytes
/// together, or there are at most `limits.bodies` of them.* Leases are revoked for this, of the body first from which
/// no reader has taken anything for the longest time.
#[derive(Debug)]
pub(super) struct Bodies {
    limits: Limits,
    held: Mutex<Vec<Held>>,
}

/// A body with at least one lease.
#[derive(Debug)]
struct Held {
    /// [`Body::address`]. It identifies the body while a lease keeps it in memory.
    address: usize,
    length: usize,
    leases: Vec<Weak<Lease>>,
}

/// One response's hold on a body, which can be revoked.
#[derive(Debug)]
pub(super) struct Lease(Mutex<Leased>);

#[derive(Debug)]
struct Leased {
    /// `None` once revoked.
    body: Option<Body>,
    /// The time of the last call of [`Lease::chunk`].
    taken: Instant,
}

/// The bodies of all servers and filters of the process. Their memory is the process's.
static PROCESS: LazyLock<Arc<Bodies>> = LazyLock::new(|| Arc::new(Bodies::new(Limits::STANDARD)));

impl Bodies {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            held: Mutex::default(),
        }
    }

    pub(super) fn of_process() -> Arc<Self> {
        Arc::clone(&PROCESS)
    }

    /// A lease of the body. Leases of other bodies may be revoked for it.
    pub(super) fn lease(&self, body: Body) -> Arc<Lease> {
        let (address, length) = (body.address(), body.len());
        let lease = Arc::new(Lease(Mutex::new(Leased {
            body: Some(body),
            taken: Instant::now(),
        })));
        let mut held = self.lock();
        held.retain_mut(Held::is_alive);
        // A body that is still leased is in memory, as this one is. So an equal address is the same body.
        if let Some(same) = held.iter_mut().find(|it| it.address == address) {
            same.leases.push(Arc::downgrade(&lease));
            return lease;
        }
        let mut total = held.iter().map(|it| it.length).sum::<usize>() + length;
        let mut revoked = Vec::new();
        while total > self.limits.body_bytes && held.len() >= self.limits.bodies {
            let stalest = held
                .iter()
                .enumerate()
                .min_by_key(|(_, it)| it.last_taken());
            let Some((index, _)) = stalest else {
                break;
            };
            let stalest = held.swap_remove(index);
            total -= stalest.length;
            revoked.push(stalest);
        }
        held.push(Held {
            address,
            length,
            leases: vec![Arc::downgrade(&lease)],
        });
        drop(held);
        // Large memory is freed here, after the lock.
        for held in revoked {
            held.leases
                .iter()
                .filter_map(Weak::upgrade)
                .for_each(|it| it.release());
        }
        lease
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock()
    }
}

impl Held {
    /// Whether there are leases. Forgets those that ended.
    fn is_alive(&mut self) -> bool {
        self.leases.retain(|it| {
            it.upgrade()
                .is_some_and(|lease| lease.lock().body.is_some())
        });
        !self.leases.is_empty()
    }

    /// The time at which a reader last took something. `None`, which is the least, if all leases have ended.
    fn last_taken(&self) -> Option<Instant> {
        let leases = self.leases.iter().filter_map(Weak::upgrade);
        leases.map(|lease| lease.lock().taken).max()
    }
}

impl Lease {
    /// A chunk of the body, for a reader. `None` if the lease was revoked.
    pub(super) fn chunk(&self, index: usize) -> Option<Chunk> {
        let mut leased = self.lock();
        leased.taken = Instant::now();
        leased.body.as_ref().and_then(|body| body.chunk(index))
    }

    /// Ends the lease. The last lease of a body frees it.
    pub(super) fn release(&self) {
        let body = self.lock().body.take();
        drop(body);
    }

    fn lock(&self) -> MutexGuard<'_, Leased> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        body_bytes: 100,
        bodies: 2,
        ..Limits::STANDARD
    };

    fn body(length: usize) -> Body {
        "x".repeat(length).into()
    }

    fn is_held(lease: &Lease) -> bool {
        lease.lock().body.is_some()
    }

    /// Takes a chunk, after all others have.
    fn take(lease: &Lease) {
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert_eq!(lease.chunk(0).unwrap().first(), Some(&b'x'));
    }

    #[test]
    fn the_body_from_which_nothing_is_taken_is_revoked_first() {
        let bodies = Bodies::new(LIMITS);
        let shared = body(40);
        let (first, second) = (bodies.lease(shared.clone()), bodies.lease(shared));
        take(&first);
        let stalled = bodies.lease(body(40));
        take(&stalled);
        take(&second);
        let third = bodies.lease(body(40));
        assert_eq!(stalled.chunk(0), None);
        assert!(is_held(&first) && is_held(&second) && is_held(&third));
    }

    #[test]
    fn large_bodies_are_few_and_small_ones_are_many() {
        let bodies = Bodies::new(LIMITS);
        let large: Vec<_> = (0..10).map(|_| bodies.lease(body(1000))).collect();
        assert_eq!(large.iter().filter(|it| is_held(it)).count(), LIMITS.bodies);
        drop(large);
        let small: Vec<_> = (0..10).map(|_| bodies.lease(body(10))).collect();
        assert!(small.iter().all(|it| is_held(it)));
    }

    #[test]
    fn ended_leases_do_not_count() {
        let bodies = Bodies::new(LIMITS);
        let kept = bodies.lease(body(50));
        for _ in 0..10 {
            drop(bodies.lease(body(50)));
            bodies.lease(body(50)).release();
        }
        assert!(is_held(&kept));
        assert!(bodies.lock().len() <= 2);
    }

    #[test]
    fn a_revoked_body_is_freed_at_once() {
        let bodies = Bodies::new(LIMITS);
        let lease = bodies.lease(body(1000));
        let others = [bodies.lease(body(1000)), bodies.lease(body(1000))];
        assert!(!is_held(&lease));
        drop(others);
    }
}

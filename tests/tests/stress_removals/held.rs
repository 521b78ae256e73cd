//! Guards that any thread may drop.

use std::sync::{Mutex, MutexGuard, PoisonError};

use census::Held;
use fastrand::Rng;

/// A guard, its key, and what is known of its beginning.
pub(super) struct Guard<B> {
    pub(super) held: Held,
    pub(super) key: usize,
    pub(super) beginning: B,
}

/// Guards that all threads share.
pub(super) struct Guards<B>(Mutex<Vec<Guard<B>>>);

impl<B> Default for Guards<B> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<B> Guards<B> {
    pub(super) fn put(&self, guard: Guard<B>) {
        self.locked().push(guard);
    }

    /// Takes any guard, mostly one of another thread.
    pub(super) fn take(&self, rng: &mut Rng) -> Option<Guard<B>> {
        let mut guards = self.locked();
        let index = rng.usize(..guards.len().max(1));
        (index < guards.len()).then(|| guards.swap_remove(index))
    }

    /// Takes the guards of which `f` is true.
    pub(super) fn take_all(&self, f: impl Fn(&Guard<B>) -> bool) -> Vec<Guard<B>> {
        self.locked().extract_if(.., |guard| f(guard)).collect()
    }

    pub(super) fn locked(&self) -> MutexGuard<'_, Vec<Guard<B>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

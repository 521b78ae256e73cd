//! The slot of each thread, which holds the thread's cache while it is not in use.
//!
//! # Protocol
//!
//! Each [`ThreadCache`] is reached by a single `&'static mut`, which lies in one of three places: the slot of a thread,
//! a variable of the function that uses it, or [`FREE_CACHES`]. The compiler checks that there is no second reference.
//!
//! - **Use.** A function takes the cache out of the slot and restores it afterwards. Between the two the slot is empty,
//!   and no code of a user runs: tag values are made before. Only a global allocator could record then, which the page
//!   of the crate forbids, because some locks are held while memory is allocated. Such a nested use gets no cache, and
//!   attaches no second one, because `is_attached` is set. It records in shared words, and the outer use sees nothing
//!   of it.
//! - **Exit.** The destructor of [`EXIT_GUARD`] runs when the thread ends. It empties the slot, detaches the cache,
//!   which retires the thread's chunks, and puts it into [`FREE_CACHES`]. No function uses the cache at that time:
//!   destructors of thread-locals run on an empty stack, one after the other. A destructor that runs later finds the
//!   slot empty and the guard gone, and records without a cache.
//! - **Attaching.** The first use on a thread sets `is_attached` and takes a free cache, or makes one.
//!
//! If a function panicked between taking and restoring, the slot would stay empty. Then the thread would record in
//! shared words, and its chunks would stay live: nothing would be miscounted. [`with`] restores the cache in any case.

use std::cell::Cell;

use super::thread_cache::ThreadCache;
use crate::sync::Mutex;

thread_local! {
    /// The cache of this thread; `None` before the first use, during each use, and after the exit guard was dropped.
    /// The type has no destructor, so an access does not check whether the thread-local was destroyed.
    static SLOT: Cell<Option<&'static mut ThreadCache>> = const { Cell::new(None) };
    static EXIT_GUARD: ThreadExitGuard = const { ThreadExitGuard { is_attached: Cell::new(false) } };
}

/// The caches of threads that have ended, all detached. There are never more caches than there were threads at one
/// time, so leaking them is bounded.
static FREE_CACHES: Mutex<Vec<&'static mut ThreadCache>> = Mutex::new(Vec::new());

/// Detaches a thread's cache when the thread ends.
struct ThreadExitGuard {
    /// Whether the thread has, or had, a cache.
    is_attached: Cell<bool>,
}

impl Drop for ThreadExitGuard {
    fn drop(&mut self) {
        if let Some(cache) = SLOT.take() {
            cache.detach();
            FREE_CACHES.lock().push(cache);
        }
    }
}

/// Calls `f` with the cache of this thread, if it has one that is not in use.
#[inline]
pub(super) fn with_attached<R>(f: impl FnOnce(&mut ThreadCache) -> R) -> Option<R> {
    Taken(SLOT.take()).with(f)
}

/// Calls `f` with the cache of this thread, which is attached if the thread has none. `None` if the cache is in use, or
/// the thread is ending.
#[inline]
pub(super) fn with<R>(f: impl FnOnce(&mut ThreadCache) -> R) -> Option<R> {
    Taken(SLOT.take().or_else(attach)).with(f)
}

/// Drops what this thread has cached for versions that have ended. Other threads do it when they next record a measurement
/// that they do not find by address.
pub(in crate::record) fn invalidate_current() {
    with_attached(ThreadCache::invalidate_if_stale);
}

/// Restores a taken cache when it is dropped, also by a panic.
struct Taken(Option<&'static mut ThreadCache>);

impl Taken {
    #[inline]
    fn with<R>(mut self, f: impl FnOnce(&mut ThreadCache) -> R) -> Option<R> {
        self.0.as_deref_mut().map(f)
    }
}

impl Drop for Taken {
    #[inline]
    fn drop(&mut self) {
        // Without a cache, this may be a nested use: then the outer one restores it.
        if let Some(cache) = self.0.take() {
            SLOT.set(Some(cache));
        }
    }
}

/// A cache for this thread, unless it has or had one.
#[cold]
fn attach() -> Option<&'static mut ThreadCache> {
    let was_attached = EXIT_GUARD.try_with(|guard| guard.is_attached.replace(true));
    if was_attached != Ok(false) {
        return None;
    }
    let free = FREE_CACHES.lock().pop();
    let cache = free.unwrap_or_else(|| Box::leak(Box::new(ThreadCache::new())));
    cache.attach();
    Some(cache)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ThreadId;

    /// Runs `f` on a thread of its own.
    fn on_thread<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
        std::thread::spawn(f).join().expect("it does not panic")
    }

    #[test]
    fn a_nested_use_gets_no_cache() {
        on_thread(|| {
            let nested = with(|_| (with(|_| ()), with_attached(|_| ())));
            assert_eq!(nested, Some((None, None)));
            assert_eq!(with(|_| ()), Some(()));
        });
    }

    #[test]
    fn a_panic_restores_the_cache() {
        on_thread(|| {
            let panics = std::panic::AssertUnwindSafe(|| with(|_| panic!("on purpose")));
            assert!(std::panic::catch_unwind(panics).is_err());
            assert_eq!(with_attached(|_| ()), Some(()));
        });
    }

    #[test]
    fn every_thread_has_an_identifier_of_its_own() {
        let id = || on_thread(|| with(|cache| cache.thread()));
        let (first, second) = (id(), id());
        assert!(first.is_some() && second.is_some() && first != second);
        assert_ne!(first, Some(ThreadId::NONE));
    }
}

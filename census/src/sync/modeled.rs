//! `loom`'s locks and atomics, for models. Locks are made when they are first used, because those of `loom` have no
//! `const fn new`, and statics have the same types.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use loom::sync::atomic as loom_atomic;
pub(crate) use loom::sync::{MutexGuard, RwLockReadGuard, RwLockWriteGuard};
pub(crate) use loom::thread::yield_now;
pub(crate) use loom_atomic::{AtomicBool, AtomicU64, AtomicUsize, fence};

/// What a lock guards, until the lock is made.
type Initial<T> = std::sync::Mutex<Option<T>>;

const NOT_POISONED: &str = "a model ends with its first panic";

fn take<T>(initial: &Initial<T>) -> T {
    let taken = initial.lock().expect(NOT_POISONED).take();
    taken.expect("the lock is made once")
}

/// As [`AtomicU64`], for what a `const fn` makes: it is made when it is first used.
#[derive(Debug)]
pub(crate) struct ConstAtomicU64 {
    initial: u64,
    made: OnceLock<AtomicU64>,
}

impl ConstAtomicU64 {
    pub(crate) const fn new(initial: u64) -> Self {
        Self {
            initial,
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> &AtomicU64 {
        self.made.get_or_init(|| AtomicU64::new(self.initial))
    }

    pub(crate) fn load(&self, order: Ordering) -> u64 {
        self.made().load(order)
    }

    pub(crate) fn store(&self, value: u64, order: Ordering) {
        self.made().store(value, order);
    }

    pub(crate) fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
        self.made().fetch_add(value, order)
    }

    pub(crate) fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        self.made().compare_exchange(current, new, success, failure)
    }
}

#[derive(Debug)]
pub(crate) struct Mutex<T> {
    initial: Initial<T>,
    made: OnceLock<loom::sync::Mutex<T>>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            initial: Initial::new(Some(value)),
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> &loom::sync::Mutex<T> {
        let make = || loom::sync::Mutex::new(take(&self.initial));
        self.made.get_or_init(make)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.made().lock().expect(NOT_POISONED)
    }

    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.made().try_lock().ok()
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

#[derive(Debug)]
pub(crate) struct RwLock<T> {
    initial: Initial<T>,
    made: OnceLock<loom::sync::RwLock<T>>,
}

impl<T> RwLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            initial: Initial::new(Some(value)),
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> &loom::sync::RwLock<T> {
        let make = || loom::sync::RwLock::new(take(&self.initial));
        self.made.get_or_init(make)
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.made().read().expect(NOT_POISONED)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.made().write().expect(NOT_POISONED)
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// `loom` has no time: a wait with a timeout is a wait.
#[derive(Debug, Default)]
pub(crate) struct Condvar(OnceLock<loom::sync::Condvar>);

impl Condvar {
    fn made(&self) -> &loom::sync::Condvar {
        self.0.get_or_init(loom::sync::Condvar::new)
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.made().wait(guard).expect(NOT_POISONED)
    }

    pub(crate) fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _: Duration,
    ) -> MutexGuard<'a, T> {
        self.wait(guard)
    }

    #[cfg(feature = "prometheus")]
    pub(crate) fn notify_one(&self) {
        self.made().notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.made().notify_all();
    }
}

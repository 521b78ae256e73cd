//! Threads that a test starts and waits for.
//!
//! Every function here waits for the *end* of its threads, by joining them: the end of a [`thread::scope`] waits only
//! for the threads' functions, and thread-locals may be destroyed later.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};

/// Runs a function on a new thread. If the function panics, the panic continues on the calling thread.
pub fn on_new_thread<T: Send>(function: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| join(scope.spawn(function)))
}

/// Runs a function for each number, each on a thread of its own, all at once. If one panics, the panic continues on the
/// calling thread.
pub fn on_threads(numbers: Range<u64>, function: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        let function = &function;
        let threads: Vec<_> = numbers
            .map(|number| scope.spawn(move || function(number)))
            .collect();
        threads.into_iter().for_each(join);
    });
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Tells the background of [`with_background`] that the foreground has ended.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// Whether the background is to return.
    #[must_use]
    pub fn is_set(&self) -> bool {
        // Relaxed: the flag publishes no other data.
        self.0.load(Ordering::Relaxed)
    }
}

/// A function that runs in the background until it is told to stop.
pub type Background<'a> = &'a (dyn Fn(&Stop) + Sync);

/// Runs a function while others run in the background, each on a thread of its own, and waits for all of them. The
/// background is told to stop also when the foreground panics: otherwise the test would hang.
pub fn with_background<T>(background: &[Background<'_>], foreground: impl FnOnce() -> T) -> T {
    struct StopOnDrop<'a>(&'a Stop);

    impl Drop for StopOnDrop<'_> {
        fn drop(&mut self) {
            self.0.0.store(true, Ordering::Relaxed);
        }
    }

    let stop = &Stop::default();
    thread::scope(|scope| {
        let threads: Vec<_> = background
            .iter()
            .map(|function| scope.spawn(move || function(stop)))
            .collect();
        let guard = StopOnDrop(stop);
        let result = foreground();
        drop(guard);
        threads.into_iter().for_each(join);
        result
    })
}

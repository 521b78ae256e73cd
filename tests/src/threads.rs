//! Threads that a test starts and waits for.
//!
//! Every function here waits for the *end* of its threads, by joining them: the end of a [`thread::scope`] waits only
//! for the threads' functions, and thread-locals may be destroyed later.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};

/// Runs a function on a new thread. If the function panics, the panic continues on the calling thread.
pub fn on_new_thread<T: Send>(function: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| join(scope.spawn(function)))
}

/// Runs a function for each number, each on a thread of its own, all at once. If one panics, the panic continues on the
/// calling thread.
pub fn on_threads(numbers: Range<u64>, function: impl Fn(u64) + Sync) {
    map_threads(numbers, function);
}

/// As [`on_threads`], and returns what the function returned, in the order of the numbers. If one panics, its number is
/// printed.
pub fn map_threads<T: Send>(numbers: Range<u64>, function: impl Fn(u64) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let function = &function;
        let numbered = |number| {
            let _printed = PrintedInPanic(Round::new("thread", number));
            function(number)
        };
        let threads: Vec<_> = numbers
            .map(|number| scope.spawn(move || numbered(number)))
            .collect();
        threads.into_iter().map(join).collect()
    })
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// What a thread does, with a number, and during what: `scrape 17 during wave 3`.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    what: &'a str,
    number: u64,
    during: Option<&'a dyn Display>,
}

impl<'a> Round<'a> {
    fn new(what: &'a str, number: u64) -> Self {
        Self {
            what,
            number,
            during: None,
        }
    }
}

impl Display for Round<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.number)?;
        self.during
            .map_or(Ok(()), |during| write!(f, " during {during}"))
    }
}

/// Is printed when its thread panics. The test harness shows the line when the test fails.
struct PrintedInPanic<'a>(Round<'a>);

impl Drop for PrintedInPanic<'_> {
    #[expect(clippy::print_stderr, reason = "the output of a failed test")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the panic above was in {}", self.0);
        }
    }
}

/// The number of the step that a thread is at, such as a wave, for the messages of other threads. Only that thread sets
/// the number, so it orders nothing among the others.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    number: AtomicU64,
}

impl Progress {
    /// The thread is at step 0. `what` is what a step is called.
    #[must_use]
    pub const fn new(what: &'static str) -> Self {
        Self {
            what,
            number: AtomicU64::new(0),
        }
    }

    /// The thread is at this step.
    pub fn set(&self, number: u64) {
        self.number.store(number, Ordering::Relaxed);
    }
}

impl Display for Progress {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.number.load(Ordering::Relaxed))
    }
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

    /// Calls a function again and again until the background is to return. If the function panics, the round is printed:
    /// `what` it is, its number, and `during` what it was.
    pub fn repeat_until_set(
        &self,
        what: &str,
        during: &dyn Display,
        mut round: impl FnMut(&Round<'_>),
    ) {
        let mut now = PrintedInPanic(Round::new(what, 0));
        now.0.during = Some(during);
        while !self.is_set() {
            now.0.number += 1;
            round(&now.0);
        }
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

//! What the tests of whole programs need: programs that end with their test, an HTTP client, a Prometheus.
//!
//! Everything here fails the test that called it, with a sentence that says what to do.

#![expect(clippy::panic, reason = "a helper of tests fails the test")]
#![expect(clippy::missing_panics_doc, reason = "all of them do: see above")]

pub mod expected;
pub mod hostile;
pub mod http;
pub mod process;
pub mod programs;
pub mod prometheus;
pub mod proxy;
pub mod wire;

use std::time::{Duration, Instant};

/// How long a test waits for a program that is starting or for a scrape: much longer than either takes, because the
/// machine may be busy.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Calls `attempt` until it returns a value; `None` when [`PATIENCE`] is at its end.
pub fn eventually<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Some(value) => return Some(value),
            None if Instant::now() > deadline => return None,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Measured, and never called: so that a test can see that the linker knows it.
#[census::measure]
pub fn only_linked() {}

//! Helpers that the tests of this workspace share.
//!
//! - For tests of the library: futures that are polled by hand ([`polling`]), threads ([`threads`]), random numbers
//!   ([`random`]), rows of views ([`rows`]), what has changed of them ([`changes`]) and which of them differ
//!   ([`differences`]), what each thread recorded ([`ledger`]), expositions ([`scrape`]), allocations
//!   ([`allocations`]), and what must be true of tags on the wire ([`wire`]).
//! - For tests of whole programs: crates of users ([`crates`]), processes that end with their test ([`process`],
//!   [`programs`]), an HTTP client
//!   ([`http`]), a proxy ([`proxy`]), certificates ([`certificates`]), the state of a
//!   process ([`state`]) and a Prometheus ([`prometheus`]). [`hostile`] and [`expected`] describe the
//!   program `fixture`.
//!
//! A helper that cannot do its work fails the test that called it, with a message that says what to do.

#![expect(clippy::panic, reason = "a helper fails the test")]
#![expect(
    clippy::missing_panics_doc,
    reason = "every helper panics: see the crate's documentation"
)]

pub mod allocations;
pub mod certificates;
pub mod changes;
pub mod crates;
pub mod differences;
pub mod expected;
pub mod hostile;
pub mod http;
pub mod ledger;
pub mod polling;
pub mod process;
pub mod programs;
pub mod prometheus;
pub mod proxy;
pub mod random;
pub mod rows;
pub mod scrape;
pub mod state;
pub mod threads;
pub mod wire;

use std::time::{Duration, Instant};

/// How long a test waits for a program to start, for a program to end, or for a scrape. Each takes much less, but the
/// machine may be busy.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Calls `attempt` until it returns a value. Returns `None` when [`PATIENCE`] is over.
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

/// A measured function that no test calls: its rows show that the linker keeps the declarations of this crate.
#[census::measure]
pub fn only_linked() {}

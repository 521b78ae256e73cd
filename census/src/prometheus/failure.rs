//! The ways in which a scrape can fail, and how often each has happened.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a scrape has no exposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A collector returned an error.
    Collector,
    /// A collector panicked.
    Panic,
    /// The exposition was not ready within the deadline.
    Late,
    /// A collector scrapes the exporter that it belongs to, or a reading scrapes, and would wait for itself.
    Nested,
    /// The system did not start a thread.
    NoThread,
}

/// All kinds of failures, with the values of the label `reason`.
const REASONS: [(Failure, &str); 5] = [
    (Failure::Collector, "collector"),
    (Failure::Panic, "panic"),
    (Failure::Late, "deadline"),
    (Failure::Nested, "nested"),
    (Failure::NoThread, "no_thread"),
];

impl Failure {
    /// The HTTP status of the answer.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Collector | Self::Panic | Self::Nested => 500,
            Self::Late | Self::NoThread => 503,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Collector => "a collector could not be encoded",
            Self::Panic => "a collector panicked",
            Self::Late => "it was not ready within the deadline; a collector may hang",
            Self::Nested => {
                "a collector scrapes the exporter that it belongs to, or an observed measure is read by a scrape"
            }
            Self::NoThread => "the system cannot start a thread",
        })
    }
}

/// How many scrapes failed, by reason.
#[derive(Debug, Default)]
pub(super) struct FailedScrapes([AtomicU64; REASONS.len()]);

impl FailedScrapes {
    pub(super) fn count(&self, failure: Failure) {
        for ((reason, _), count) in REASONS.iter().zip(&self.0) {
            if *reason == failure {
                // Relaxed: a count orders no other memory.
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// The values of the label `reason`, and the counts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        REASONS.iter().map(|(_, label)| *label).zip(counts)
    }
}

//! The ways in which a scrape can fail.

use std::fmt;

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
    /// Too many scrapes wait.
    Busy,
}

/// All kinds of failures, with the values of the label `reason`.
pub(super) const REASONS: [(Failure, &str); 6] = [
    (Failure::Collector, "collector"),
    (Failure::Panic, "panic"),
    (Failure::Late, "deadline"),
    (Failure::Nested, "nested"),
    (Failure::NoThread, "no_thread"),
    (Failure::Busy, "busy"),
];

impl Failure {
    /// The HTTP status of the answer.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Collector | Self::Panic | Self::Nested => 500,
            Self::Late | Self::NoThread | Self::Busy => 503,
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
            Self::Busy => "too many scrapes wait; try again",
        })
    }
}

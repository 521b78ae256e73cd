//! The space of the file system that has the directory.

use std::path::PathBuf;

use census::{Observation, Observed, measure, tags};

/// Space that a user without privileges can still fill.
#[measure(unit = "By")]
pub(crate) static AVAILABLE: Observed<u64>;

/// The size of the file system.
#[measure(unit = "By")]
pub(crate) static SIZE: Observed<u64>;

/// Reads both measures at each scrape, with one system call. If it fails, neither has a value in that scrape. A file system
/// on a network may hang: then the scrape has all families but these two.
pub(crate) fn observe(root: PathBuf) -> Observation {
    census::observe([&AVAILABLE, &SIZE], move |seen| {
        if let Ok(stats) = fs4::statvfs(&root) {
            seen.record(&AVAILABLE, stats.available_space(), tags!());
            seen.record(&SIZE, stats.total_space(), tags!());
        }
    })
}

//! What a reading that fails costs: its own measures' families, in that collection, and nothing else.

mod destructors;
mod hanging;
mod late;
mod nested;
mod panics;
mod threads;

use std::sync::{Mutex, MutexGuard, PoisonError};

use census::prometheus::Exporter;
use census_tests::scrape::{self, Samples};

/// One test runs at a time: a scrape of one reads the measures of all.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often reading a measure has failed, as a scrape says that looks at no measure but this one's counts.
fn failures(measure: &str, reason: &str) -> u64 {
    let text = scrape::text(&Exporter::builder().build_lenient());
    let series = format!(
        "census_failed_observations_total{{measure=\"observed_failures/{measure}\",reason=\"{reason}\"}}"
    );
    if text.contains(&series) {
        Samples::parse(&text).value(&series)
    } else {
        0
    }
}

//! What an exporter counts about its scrapes.

#[cfg(feature = "server")]
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::failure::{Failure, REASONS};
use super::negotiate::Format;
use super::rendering::Rendering;
#[cfg(feature = "server")]
use crate::server::Counts as ServerCounts;

/// The counts of an exporter. All are Relaxed, because a count orders no other memory.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// The scrapes that failed, by reason.
    failed: [AtomicU64; REASONS.len()],
    formats: [FormatCounts; Format::ALL.len()],
    /// What the exporter's servers have turned away.
    #[cfg(feature = "server")]
    pub(super) servers: Arc<ServerCounts>,
}

/// The counts of one format.
#[derive(Debug, Default)]
pub(super) struct FormatCounts {
    /// Scrapes that had an exposition.
    ok: AtomicU64,
    /// Scrapes that failed.
    failed: AtomicU64,
    renderings: AtomicU64,
    render_nanoseconds: AtomicU64,
    rendered_bytes: AtomicU64,
    compressed_bytes: AtomicU64,
}

/// The counts of one format, at one time.
#[derive(Clone, Copy, Debug)]
pub(super) struct FormatTotals {
    /// Scrapes that had an exposition.
    pub(super) ok: u64,
    /// Scrapes that failed.
    pub(super) failed: u64,
    /// Expositions that were made. Scrapes share them.
    pub(super) renderings: u64,
    /// The time that it took to make them, with their compression.
    pub(super) render_time: Duration,
    /// Their bytes, before compression.
    pub(super) rendered_bytes: u64,
    /// The bytes after compression, of those that were compressed.
    pub(super) compressed_bytes: u64,
}

impl Counts {
    /// Counts the outcome of a scrape.
    pub(super) fn scrape<T>(&self, format: Format, outcome: &Result<T, Failure>) {
        let counts = self.of(format);
        match outcome {
            Ok(_) => add(counts.map(|counts| &counts.ok), 1),
            Err(failure) => {
                add(counts.map(|counts| &counts.failed), 1);
                let mut reasons = REASONS.iter().zip(&self.failed);
                let reason = reasons.find(|((reason, _), _)| reason == failure);
                add(reason.map(|(_, count)| count), 1);
            }
        }
    }

    /// Counts a rendering, which took so long.
    pub(super) fn rendering(&self, format: Format, rendering: &Rendering, time: Duration) {
        let Some(counts) = self.of(format) else {
            return;
        };
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        for (count, more) in [
            (&counts.renderings, 1),
            (&counts.render_nanoseconds, nanoseconds),
            (&counts.rendered_bytes, rendering.len() as u64),
            (&counts.compressed_bytes, rendering.compressed_len() as u64),
        ] {
            add(Some(count), more);
        }
    }

    /// The values of the label `reason`, and how many scrapes failed for each.
    pub(super) fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.failed.iter().map(load);
        REASONS.iter().map(|(_, label)| *label).zip(counts)
    }

    /// The formats, and their counts.
    pub(super) fn formats(&self) -> impl Iterator<Item = (Format, FormatTotals)> {
        let totals = self.formats.iter().map(FormatCounts::totals);
        Format::ALL.into_iter().zip(totals)
    }

    fn of(&self, format: Format) -> Option<&FormatCounts> {
        let index = Format::ALL.iter().position(|it| *it == format)?;
        self.formats.get(index)
    }
}

impl FormatCounts {
    fn totals(&self) -> FormatTotals {
        FormatTotals {
            ok: load(&self.ok),
            failed: load(&self.failed),
            renderings: load(&self.renderings),
            render_time: Duration::from_nanos(load(&self.render_nanoseconds)),
            rendered_bytes: load(&self.rendered_bytes),
            compressed_bytes: load(&self.compressed_bytes),
        }
    }
}

fn add(count: Option<&AtomicU64>, more: u64) {
    if let Some(count) = count {
        count.fetch_add(more, Ordering::Relaxed);
    }
}

fn load(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

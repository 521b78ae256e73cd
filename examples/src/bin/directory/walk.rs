//! The walk. This could be a library: it declares measures and tag keys, and records. The application chooses labels,
//! buckets and aggregations, in `views.rs`.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use census::{Measure, Observed, TagKey, TagValue, measure, record, tag, tags};
use walkdir::{DirEntry, WalkDir};

use crate::kind::{self, Kind};

/// The extension of the file's name, in lower case; empty if the name has none.
#[tag]
pub(crate) static EXTENSION: TagKey;

/// The kind of the file, such as source, text or image.
#[tag]
pub(crate) static KIND: TagKey<Kind>;

/// The type of a skipped entry: a symlink or a special file.
#[tag]
pub(crate) static ENTRY: TagKey<Skipped>;

/// The reason why an entry could not be read.
#[tag]
pub(crate) static REASON: TagKey<Reason>;

/// Size of a regular file. Each walk records it once for every name (hard link) of the file.
#[measure(unit = "By")]
pub(crate) static FILE_SIZE: Measure<u64>;

/// Number of files of a kind. Each walk records it at its end, for every kind, also if it is 0.
#[measure(unit = "{file}")]
pub(crate) static FILES_FOUND: Measure<u64>;

/// Total size of the files of a kind, recorded together with `FILES_FOUND`.
#[measure(unit = "By")]
pub(crate) static BYTES_FOUND: Measure<u64>;

/// An entry that is neither a regular file nor a directory, recorded as 1.
#[measure]
pub(crate) static SKIPPED: Measure<u64>;

/// An entry that could not be read, recorded as 1.
#[measure]
pub(crate) static ERRORS: Measure<u64>;

/// Duration of a complete walk.
#[measure]
pub(crate) static WALK_DURATION: Measure<Duration>;

/// Entries that a walk has visited so far. It is read, at each scrape, and has a value only while there is a walk.
#[measure(unit = "{entry}")]
pub(crate) static POSITION: Observed<u64>;

/// An entry that the walk skips. The walk follows no symlink; the target is counted at its own path if it is inside the
/// tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TagValue)]
pub(crate) enum Skipped {
    /// A symbolic link.
    Symlink,
    /// A socket, a pipe, a device.
    Special,
}

/// The reason why an entry could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TagValue)]
pub(crate) enum Reason {
    /// The program may not read the entry.
    PermissionDenied,
    /// The entry was deleted during the walk.
    Vanished,
    /// Any other error.
    Other,
}

/// The number of some files, and their total size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileTotals {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// The counts of one walk, for the summary. The metrics cannot serve for this, because counters accumulate over all
/// walks.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kinds: BTreeMap<Kind, FileTotals>,
    pub(crate) skipped: BTreeMap<Skipped, u64>,
    pub(crate) errors: BTreeMap<Reason, u64>,
    pub(crate) duration: Duration,
}

impl Tally {
    /// Whether both walks have found the same.
    pub(crate) fn has_counts_of(&self, other: &Self) -> bool {
        (&self.kinds, &self.skipped, &self.errors) == (&other.kinds, &other.skipped, &other.errors)
    }
}

/// Walks through a directory tree. An entry that cannot be read is counted, and the walk continues.
///
/// `on_entry` is called with every entry. If it returns `Break`, the walk ends and returns `None`.
pub(crate) fn walk(
    root: &Path,
    mut on_entry: impl FnMut(&DirEntry) -> ControlFlow<()>,
) -> Option<Tally> {
    let timer = WALK_DURATION.start();
    let mut tally = Tally::default();
    let visited = Arc::new(AtomicU64::new(0));
    // The observation is dropped when the walk ends, and its value is gone from the next scrape on. Relaxed: the number
    // publishes no other data.
    let read = Arc::clone(&visited);
    let _position = POSITION.observe(move |seen| {
        seen.record(read.load(Ordering::Relaxed), tags!());
    });
    for entry in WalkDir::new(root) {
        visited.fetch_add(1, Ordering::Relaxed);
        if let Ok(entry) = &entry
            && on_entry(entry).is_break()
        {
            // The timer is dropped without `stop`, so the incomplete walk records no duration.
            return None;
        }
        if let Err(error) = tally.look_at(entry) {
            tally.add_error(Reason::of(error.io_error()));
        }
    }
    tally.record_totals();
    tally.duration = timer.stop();
    Some(tally)
}

impl Tally {
    /// Counts an entry.
    ///
    /// Because of `#[measure]`, `function_calls_total{function="look_at", result="error"}` is the number of entries
    /// that could not be read, and `function_calls_duration_seconds` has the durations of the calls.
    #[measure]
    fn look_at(&mut self, entry: walkdir::Result<DirEntry>) -> walkdir::Result<()> {
        let entry = entry?;
        let file_type = entry.file_type();
        if file_type.is_file() {
            self.add_file(entry.path(), entry.metadata()?.len());
        } else if file_type.is_symlink() {
            self.add_skipped(Skipped::Symlink);
        } else if !file_type.is_dir() {
            self.add_skipped(Skipped::Special);
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path, size: u64) {
        let extension = kind::extension(path);
        let kind = Kind::of(&extension);
        record!(FILE_SIZE = size, tags(EXTENSION = extension, KIND = kind));
        let totals = self.kinds.entry(kind).or_default();
        totals.files += 1;
        totals.bytes = totals.bytes.saturating_add(size);
    }

    fn add_skipped(&mut self, entry: Skipped) {
        record!(SKIPPED = 1, tags(ENTRY = entry));
        *self.skipped.entry(entry).or_default() += 1;
    }

    fn add_error(&mut self, reason: Reason) {
        record!(ERRORS = 1, tags(REASON = reason));
        *self.errors.entry(reason).or_default() += 1;
    }

    /// Records the walk's totals for all kinds. A kind without files is recorded as 0; otherwise its row would keep the
    /// last value of an earlier walk.
    fn record_totals(&self) {
        for kind in Kind::ALL {
            let FileTotals { files, bytes } = self.kinds.get(&kind).copied().unwrap_or_default();
            record!(FILES_FOUND = files, BYTES_FOUND = bytes, tags(KIND = kind));
        }
    }
}

impl Reason {
    fn of(error: Option<&io::Error>) -> Self {
        match error.map(io::Error::kind) {
            Some(io::ErrorKind::PermissionDenied) => Self::PermissionDenied,
            Some(io::ErrorKind::NotFound) => Self::Vanished,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_io_error_determines_the_reason() {
        let reason = |kind: io::ErrorKind| Reason::of(Some(&kind.into()));
        assert_eq!(
            reason(io::ErrorKind::PermissionDenied),
            Reason::PermissionDenied
        );
        assert_eq!(reason(io::ErrorKind::NotFound), Reason::Vanished);
        assert_eq!(reason(io::ErrorKind::NotADirectory), Reason::Other);
        assert_eq!(Reason::of(None), Reason::Other);
    }
}

//! The walk. This could be a library: it declares what it measures, and records; which labels,
//! buckets and aggregations are made of it is for the application to say, in `views.rs`.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use census::{Measure, TagKey, TagValue, measure, record, tag};
use walkdir::{DirEntry, WalkDir};

use crate::kind::{self, Kind};

/// The extension of the file's name, in lower case; empty if it has none.
#[tag]
pub(crate) static EXTENSION: TagKey;

/// What the file is: source, text, image and so on.
#[tag]
pub(crate) static KIND: TagKey;

/// What was passed over: a symlink, or a special file.
#[tag]
pub(crate) static ENTRY: TagKey;

/// Why something could not be looked at.
#[tag]
pub(crate) static REASON: TagKey;

/// Size of a regular file: recorded once per walk, for every name that the file has.
#[measure(unit = "By")]
pub(crate) static FILE_SIZE: Measure<u64>;

/// How many files of a kind a walk found: recorded at its end for every kind, 0 too.
#[measure(unit = "{file}")]
pub(crate) static FILES_FOUND: Measure<u64>;

/// How many bytes the files of a kind have together: recorded as `FILES_FOUND` is.
#[measure(unit = "By")]
pub(crate) static BYTES_FOUND: Measure<u64>;

/// Something that is neither a regular file nor a directory: recorded as 1.
#[measure]
pub(crate) static SKIPPED: Measure<u64>;

/// Something that could not be looked at: recorded as 1.
#[measure]
pub(crate) static ERRORS: Measure<u64>;

/// How long a walk took, from one end to the other.
#[measure]
pub(crate) static WALK_DURATION: Measure<Duration>;

/// What is passed over. Nothing is opened, and no link is followed: what it leads to is counted
/// where it is, if that is inside of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TagValue)]
pub(crate) enum Skipped {
    /// A symbolic link.
    Symlink,
    /// A socket, a pipe, a device.
    Special,
}

/// Why something could not be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TagValue)]
pub(crate) enum Reason {
    /// We may not.
    PermissionDenied,
    /// It was there a moment ago.
    Vanished,
    /// All else.
    Other,
}

/// Files counted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// How many.
    pub(crate) files: u64,
    /// Their sizes together.
    pub(crate) bytes: u64,
}

/// What one walk found. The measures know nothing of walks, so this is for the summary.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The files.
    pub(crate) kinds: BTreeMap<Kind, Found>,
    /// What was passed over.
    pub(crate) skipped: BTreeMap<Skipped, u64>,
    /// What went wrong.
    pub(crate) errors: BTreeMap<Reason, u64>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Walks through a directory tree. `meet` is shown every entry, and may break the walk off: there
/// is no tally then. What cannot be looked at is counted, and the walk goes on.
pub(crate) fn walk(
    root: &Path,
    mut meet: impl FnMut(&DirEntry) -> ControlFlow<()>,
) -> Option<Tally> {
    let timer = WALK_DURATION.start();
    let mut tally = Tally::default();
    for entry in WalkDir::new(root) {
        if let Ok(entry) = &entry
            && meet(entry).is_break()
        {
            // The timer is dropped, and so records nothing: half a walk is no walk.
            return None;
        }
        if let Err(error) = tally.look_at(entry) {
            tally.fail(Reason::of(error.io_error()));
        }
    }
    tally.record_what_is_there();
    tally.took = timer.stop();
    Some(tally)
}

impl Tally {
    /// Measured: `function_calls_total{function="look_at", result="error"}` is how many entries could
    /// not be looked at, and `function_calls_duration_seconds` how long looking takes.
    #[measure]
    fn look_at(&mut self, entry: walkdir::Result<DirEntry>) -> walkdir::Result<()> {
        let entry = entry?;
        let file_type = entry.file_type();
        if file_type.is_file() {
            self.file(entry.path(), entry.metadata()?.len());
        } else if file_type.is_symlink() {
            self.skip(Skipped::Symlink);
        } else if !file_type.is_dir() {
            self.skip(Skipped::Special);
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, size: u64) {
        let extension = kind::extension(path);
        let kind = Kind::of(&extension);
        record!(FILE_SIZE = size, tags(EXTENSION = extension, KIND = kind));
        let found = self.kinds.entry(kind).or_default();
        found.files += 1;
        found.bytes = found.bytes.saturating_add(size);
    }

    fn skip(&mut self, what: Skipped) {
        record!(SKIPPED = 1, tags(ENTRY = what));
        *self.skipped.entry(what).or_default() += 1;
    }

    fn fail(&mut self, reason: Reason) {
        record!(ERRORS = 1, tags(REASON = reason));
        *self.errors.entry(reason).or_default() += 1;
    }

    /// Records the walk's result, of all kinds: one that has disappeared would otherwise keep its
    /// last value for ever.
    fn record_what_is_there(&self) {
        for kind in Kind::ALL {
            let Found { files, bytes } = self.kinds.get(&kind).copied().unwrap_or_default();
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
    fn the_system_says_the_reason() {
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

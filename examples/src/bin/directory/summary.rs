//! What is said of a walk when it is over.

use std::collections::BTreeMap;
use std::fmt;

use census::AsTagValue;
use indicatif::{HumanBytes, HumanCount};

use crate::walk::{Found, Tally};

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { files, bytes } =
            self.kinds
                .values()
                .fold(Found::default(), |all, kind| Found {
                    files: all.files + kind.files,
                    bytes: all.bytes.saturating_add(kind.bytes),
                });
        let (files, bytes) = (HumanCount(files), HumanBytes(bytes));
        write!(f, "{files} files, {bytes}, in {:.1?}", self.took)?;
        for (kind, found) in &self.kinds {
            let files = HumanCount(found.files).to_string();
            let bytes = HumanBytes(found.bytes).to_string();
            write!(f, "\n  {:<12}{files:>10}{bytes:>14}", word(kind))?;
        }
        write_counts(f, "skipped", &self.skipped)?;
        write_counts(f, "errors", &self.errors)
    }
}

/// A line, if there is anything to tell: `errors: 3 permission denied, 1 vanished`.
fn write_counts(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    counts: &BTreeMap<impl AsTagValue, u64>,
) -> fmt::Result {
    let counted = |(what, count): (_, &u64)| format!("{} {}", HumanCount(*count), word(what));
    match counts.iter().map(counted).collect::<Vec<_>>().as_slice() {
        [] => Ok(()),
        counted => write!(f, "\n  {title}: {}", counted.join(", ")),
    }
}

/// The value that a tag has, in words.
fn word(value: &impl AsTagValue) -> String {
    value
        .as_tag_value()
        .get()
        .unwrap_or_default()
        .replace('_', " ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kind::Kind;
    use crate::walk::{Reason, Skipped};

    #[test]
    fn a_summary_says_what_there_was() {
        let tally = Tally {
            kinds: BTreeMap::from([
                (
                    Kind::AudioVideo,
                    Found {
                        files: 3,
                        bytes: 5 << 20,
                    },
                ),
                (
                    Kind::Source,
                    Found {
                        files: 1200,
                        bytes: 1 << 10,
                    },
                ),
            ]),
            skipped: BTreeMap::from([(Skipped::Symlink, 2)]),
            errors: BTreeMap::from([(Reason::Vanished, 1), (Reason::PermissionDenied, 4)]),
            took: Duration::from_millis(250),
        };
        let lines = [
            "1,203 files, 5.00 MiB, in 250.0ms",
            "  source           1,200      1.00 KiB",
            "  audio/video          3      5.00 MiB",
            "  skipped: 2 symlink",
            "  errors: 4 permission denied, 1 vanished",
        ];
        assert_eq!(tally.to_string(), lines.join("\n"));
    }

    #[test]
    fn an_empty_directory_has_one_line() {
        assert_eq!(Tally::default().to_string(), "0 files, 0 B, in 0.0ns");
    }
}

//! The summary of a walk, for the terminal.

use std::collections::BTreeMap;
use std::fmt;

use census::AsTagValue;
use indicatif::{HumanBytes, HumanCount};

use crate::walk::{FileTotals, Tally};

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FileTotals { files, bytes } =
            self.kinds
                .values()
                .fold(FileTotals::default(), |all, kind| FileTotals {
                    files: all.files + kind.files,
                    bytes: all.bytes.saturating_add(kind.bytes),
                });
        let (files, bytes) = (HumanCount(files), HumanBytes(bytes));
        write!(f, "{files} files, {bytes}, in {:.1?}", self.duration)?;
        for (kind, totals) in &self.kinds {
            let files = HumanCount(totals.files).to_string();
            let bytes = HumanBytes(totals.bytes).to_string();
            write!(f, "\n  {:<12}{files:>10}{bytes:>14}", words(kind))?;
        }
        write_counts(f, "skipped", &self.skipped)?;
        write_counts(f, "errors", &self.errors)
    }
}

/// Writes a line such as `errors: 3 permission denied, 1 vanished`, or nothing if there are no counts.
fn write_counts(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    counts: &BTreeMap<impl AsTagValue, u64>,
) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    let phrases: Vec<_> = counts
        .iter()
        .map(|(reason, count)| format!("{} {}", HumanCount(*count), words(reason)))
        .collect();
    write!(f, "\n  {title}: {}", phrases.join(", "))
}

/// The tag value of an enum, as words: `permission denied`.
fn words(value: &impl AsTagValue) -> String {
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
    fn a_summary_lists_kinds_skipped_entries_and_errors() {
        let tally = Tally {
            kinds: BTreeMap::from([
                (
                    Kind::AudioVideo,
                    FileTotals {
                        files: 3,
                        bytes: 5 << 20,
                    },
                ),
                (
                    Kind::Source,
                    FileTotals {
                        files: 1200,
                        bytes: 1 << 10,
                    },
                ),
            ]),
            skipped: BTreeMap::from([(Skipped::Symlink, 2)]),
            errors: BTreeMap::from([(Reason::Vanished, 1), (Reason::PermissionDenied, 4)]),
            duration: Duration::from_millis(250),
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
    fn the_summary_of_an_empty_directory_has_one_line() {
        assert_eq!(Tally::default().to_string(), "0 files, 0 B, in 0.0ns");
    }
}

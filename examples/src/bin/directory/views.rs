//! The views: what this application wants to see of what the walk records.
//!
//! A census that is taken again every few seconds has two kinds of numbers. *Seen* accumulates over
//! the walks: a file that stays is counted in each of them. These are counters and histograms, and
//! are read as rates:
//!
//! - `rate(directory_files_seen_total[5m])` is how fast it walks;
//! - `increase(directory_files_seen_total[5m]) / on(instance) group_left()
//!   increase(directory_walk_duration_seconds_count[5m])` is how many files there are of each
//!   extension, for the number of walks cancels out;
//! - `histogram_quantile(0.9, rate(directory_file_size_bytes_bucket[5m]))` is the size that nine
//!   files of ten do not exceed.
//!
//! What is there *now* is a last value, recorded at the end of each walk: `directory_files` and
//! `directory_bytes` are read as they are.

use std::time::Duration;

use census::view;

use crate::walk::{
    BYTES_FOUND, ENTRY, ERRORS, EXTENSION, FILE_SIZE, FILES_FOUND, KIND, REASON, SKIPPED,
    WALK_DURATION,
};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

view! {
    /// Files found by the last walk.
    pub(crate) static FILES: LastValue<FILES_FOUND> by (KIND);

    /// Bytes of the files found by the last walk.
    pub(crate) static BYTES: LastValue<BYTES_FOUND> by (KIND);

    /// Files seen, over all walks.
    ///
    /// An extension is data from outside, and a directory can be full of them: the first 100 rows
    /// are kept, and files of any more are counted in the row `_overflow`, so that the sum stays
    /// right. `census_overflowed_measurements_total` tells how many these are.
    pub(crate) static FILES_SEEN: Count<FILE_SIZE> by (KIND, EXTENSION) { max_series: 100 }

    /// Bytes of the files seen, over all walks.
    pub(crate) static BYTES_SEEN: Sum<FILE_SIZE> by (KIND);

    /// Sizes of the files seen, over all walks.
    pub(crate) static FILE_SIZES: Distribution<FILE_SIZE> by (KIND) {
        name: "file_size_bytes",
        // Bound 0 has the empty files for itself.
        buckets: [0, KIB, 16 * KIB, 256 * KIB, MIB, 16 * MIB, 256 * MIB, GIB],
    }

    /// Symlinks and special files passed over, over all walks.
    pub(crate) static ENTRIES_SKIPPED: Count<SKIPPED> by (ENTRY) { name: "skipped" }

    /// What could not be looked at, over all walks, by reason.
    pub(crate) static WALK_ERRORS: Count<ERRORS> by (REASON) { name: "errors" }

    /// How long the walks took.
    pub(crate) static WALK_DURATIONS: Distribution<WALK_DURATION> {
        name: "walk_duration_seconds",
        // The default buckets are for requests: a walk may take minutes.
        buckets: [
            Duration::from_millis(1),
            Duration::from_millis(10),
            Duration::from_millis(100),
            Duration::from_secs(1),
            Duration::from_secs(10),
            Duration::from_mins(1),
            Duration::from_mins(10),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::ops::ControlFlow;

    use census::tags;

    use super::*;
    use crate::kind::Kind;
    use crate::walk::walk;

    #[test]
    fn the_catalogue_is_sound() {
        census::check().expect("every view is accepted");
    }

    /// The only test of this program that walks: the views are the whole program's.
    #[test]
    fn seen_accumulates_and_what_is_there_is_replaced() {
        let tree = tempfile::tempdir().expect("a directory");
        let photo = tree.path().join("photo.jpg");
        fs::write(&photo, [0; 2000]).expect("a file");
        fs::write(tree.path().join("main.rs"), "fn main() {}").expect("a file");
        let go_on = |_: &walkdir::DirEntry| ControlFlow::Continue(());

        walk(tree.path(), go_on).expect("a whole walk");
        fs::remove_file(&photo).expect("it was there");
        walk(tree.path(), go_on).expect("a whole walk");
        let broken_off = walk(tree.path(), |_| ControlFlow::Break(()));
        assert!(broken_off.is_none());

        let image = tags!(KIND = Kind::Image, EXTENSION = "jpg");
        let source = tags!(KIND = Kind::Source, EXTENSION = "rs");
        assert_eq!(FILES_SEEN.data().get(&image), Some(&1));
        assert_eq!(FILES_SEEN.data().get(&source), Some(&2));
        assert!(
            BYTES_SEEN
                .data()
                .get(&source)
                .is_some_and(|bytes| *bytes == 24)
        );
        assert!(FILES.data().get(&image).is_some_and(|files| *files == 0));
        assert!(BYTES.data().get(&source).is_some_and(|bytes| *bytes == 12));
        let sizes = FILE_SIZES
            .data()
            .get(&image)
            .map(|sizes| sizes.bucket_counts.clone());
        assert_eq!(sizes, Some(vec![0, 0, 1, 0, 0, 0, 0, 0, 0]));
        let walks = WALK_DURATIONS.data().get(&tags!()).map(|walks| walks.count);
        assert_eq!(walks, Some(2), "the one broken off is none");
    }
}

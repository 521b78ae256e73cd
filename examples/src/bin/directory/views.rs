//! The views: how this application aggregates and exports the measurements of the walks.
//!
//! The walk is repeated every few seconds, so there are two kinds of metrics. Metrics of files *seen* accumulate over
//! all walks: each walk counts every file again. They are counters and histograms, and are queried as rates:
//!
//! - `rate(directory_files_seen_total[5m])` is the number of files that the walks visit per second.
//! - `increase(directory_files_seen_total[5m]) / on(instance) group_left()
//!   increase(directory_walk_duration_seconds_count[5m])` is the number of files of each extension: the files seen,
//!   divided by the number of walks.
//! - `histogram_quantile(0.9, rate(directory_file_size_bytes_bucket[5m]))` is the size that nine of ten files do not
//!   exceed.
//!
//! Metrics of files that exist *now* are last values, recorded at the end of each walk. `directory_files` and
//! `directory_bytes` are queried without a rate.
//!
//! Three views are of measures that are *read* at each scrape. `directory_walk_position` is there only while a walk is under
//! way. `directory_filesystem_avail_bytes / directory_filesystem_size_bytes < 0.1` is an alert on a file system that fills.

use std::time::Duration;

use census::view;

use crate::file_system::{AVAILABLE, SIZE};
use crate::walk::{
    BYTES_FOUND, ENTRY, ERRORS, EXTENSION, FILE_SIZE, FILES_FOUND, KIND, POSITION, REASON, SKIPPED,
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
    /// Extensions are data from outside, and a directory may contain any number of them. The view keeps the first 100
    /// rows. Files of further extensions are counted in a row with the extension `_overflow`, one for each kind, so the
    /// sums stay right, over all rows and for each kind. `census_overflowed_measurements_total` is the number of these
    /// files.
    pub(crate) static FILES_SEEN: Count<FILE_SIZE> by (KIND, EXTENSION) { max_series: 100 }

    /// Bytes of the files seen, over all walks.
    pub(crate) static BYTES_SEEN: Sum<FILE_SIZE> by (KIND);

    /// Sizes of the files seen, over all walks.
    pub(crate) static FILE_SIZES: Distribution<FILE_SIZE> by (KIND) {
        name: "file_size_bytes",
        // The bucket with bound 0 contains only empty files.
        buckets: [0, KIB, 16 * KIB, 256 * KIB, MIB, 16 * MIB, 256 * MIB, GIB],
    }

    /// Symlinks and special files skipped, over all walks.
    pub(crate) static ENTRIES_SKIPPED: Count<SKIPPED> by (ENTRY) { name: "skipped" }

    /// Entries that could not be read, over all walks, by reason.
    pub(crate) static WALK_ERRORS: Count<ERRORS> by (REASON) { name: "errors" }

    /// Duration of walks.
    pub(crate) static WALK_DURATIONS: Distribution<WALK_DURATION> {
        name: "walk_duration_seconds",
        // The default buckets are made for requests. A walk may take minutes.
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

    /// Entries that the present walk has visited.
    pub(crate) static WALK_POSITION: LastValue<POSITION>;

    /// Space of the directory's file system that is available.
    pub(crate) static FILE_SYSTEM_AVAILABLE: LastValue<AVAILABLE> { name: "filesystem_avail_bytes" }

    /// Size of the directory's file system.
    pub(crate) static FILE_SYSTEM_SIZE: LastValue<SIZE> { name: "filesystem_size_bytes" }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::ops::ControlFlow;

    use census::{LastValue, Number, View, tags};

    use super::*;
    use crate::file_system::observe;
    use crate::kind::Kind;
    use crate::walk::walk;

    #[test]
    fn the_catalogue_has_no_problems() {
        census::check().expect("no view is rejected");
    }

    #[test]
    fn space_is_that_of_the_file_system() {
        let tree = tempfile::tempdir().expect("a directory");
        let read = |view: &View<LastValue>| match view.data().get(&tags!()) {
            Some(Number::U64(bytes)) => Some(*bytes),
            _ => None,
        };
        let observation = observe(tree.path().to_owned());
        let size = read(&FILE_SYSTEM_SIZE).expect("a value");
        assert!(size > 0);
        assert!(read(&FILE_SYSTEM_AVAILABLE).expect("a value") <= size);
        drop(observation);
        let missing = observe(tree.path().join("missing"));
        assert_eq!(read(&FILE_SYSTEM_SIZE), None);
        drop(missing);
    }

    /// The only test of this program that walks, because all tests share the views.
    #[test]
    fn seen_files_accumulate_and_current_files_are_replaced() {
        let tree = tempfile::tempdir().expect("a directory");
        let photo = tree.path().join("photo.jpg");
        fs::write(&photo, [0; 2000]).expect("a file");
        fs::write(tree.path().join("main.rs"), "fn main() {}").expect("a file");
        let proceed = |_: &walkdir::DirEntry| ControlFlow::Continue(());

        let mut positions = Vec::new();
        let noting = |_: &walkdir::DirEntry| {
            positions.push(WALK_POSITION.data().get(&tags!()).copied());
            ControlFlow::Continue(())
        };
        walk(tree.path(), noting).expect("the walk is complete");
        let expected = [1, 2, 3].map(|entries| Some(Number::U64(entries)));
        assert_eq!(positions, expected, "the directory and two files");
        assert!(WALK_POSITION.data().rows.is_empty(), "no walk, no position");
        fs::remove_file(&photo).expect("the file exists");
        walk(tree.path(), proceed).expect("the walk is complete");
        let interrupted = walk(tree.path(), |_| ControlFlow::Break(()));
        assert!(interrupted.is_none());

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
        assert_eq!(walks, Some(2), "the interrupted walk is not recorded");
    }
}

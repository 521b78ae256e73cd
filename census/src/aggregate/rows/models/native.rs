//! Native buckets: the resolution is halved while other threads record or scrape.

use super::{ROW, measure, native_distribution_of, row};
use crate::aggregate::{Data, DistributionData, LiveView, NativeBuckets, Shard};
use crate::declare::{Number, ValueBits};
use crate::id::ThreadId;
use crate::sync::models::{check, thread};

/// What a scrape reads now. All buckets have each value once.
fn read(view: &LiveView) -> (DistributionData, NativeBuckets) {
    let Some(Data::Distribution(data)) = row(view) else {
        unreachable!("the view has one row of a distribution");
    };
    let native = data.native.clone().expect("it has native buckets");
    let buckets = native.positive.iter().chain(&native.negative);
    let count = native.zero_count + buckets.map(|(_, count)| count).sum::<u64>();
    assert_eq!(count, data.count, "{data:?}");
    // Each value is 2 at least.
    let is_summed_up = matches!(data.sum, Number::I64(sum) if sum >= 2 * count.cast_signed());
    assert!(is_summed_up, "{data:?}");
    (*data, native)
}

/// A scrape reads a row of values from 2 on, of which `before` were recorded before, and at most `all`.
fn assert_between(view: &LiveView, before: u64, all: u64) {
    let (data, native) = read(view);
    assert!((before..=all).contains(&data.count), "{data:?}");
    assert_eq!(data.bucket_counts.first(), Some(&1), "{data:?}");
    // 2 is alone in its bucket until the third value comes.
    let first = native.positive.first();
    assert!(native.schema < 0 || first == Some(&(1, 1)), "{data:?}");
}

#[test]
fn a_scrape_reads_each_value_once_while_the_resolution_is_halved() {
    check(2, || {
        let view = native_distribution_of(&measure());
        let mut shard = Shard::new(&view.rows, ThreadId::next());
        let target = shard.target(&view.rows, ROW);
        target.record(ValueBits(2));
        target.record(ValueBits(3));
        // Buckets 1 and 2 become 1 at the schema -1, and bucket 3 becomes 2.
        let recorder = thread::spawn(move || {
            target.record(ValueBits(8));
            drop(shard);
        });
        assert_between(&view, 2, 3);
        recorder.join().expect("it does not panic");
        let (data, native) = read(&view);
        assert_eq!(data.bucket_counts, [1, 2]);
        assert_eq!((native.schema, native.positive), (-1, vec![(1, 2), (2, 1)]));
    });
}

#[test]
fn a_scrape_that_reads_a_native_count_reads_the_value() {
    check(2, || {
        let view = native_distribution_of(&measure());
        let mut shard = Shard::new(&view.rows, ThreadId::next());
        let target = shard.target(&view.rows, ROW);
        target.record(ValueBits(2));
        let recorder = thread::spawn(move || {
            // The first value of its bucket, and one in the fast range.
            target.record(ValueBits(3));
            target.record(ValueBits(3));
            drop(shard);
        });
        read(&view);
        recorder.join().expect("it does not panic");
        assert_eq!(read(&view).1.positive, [(1, 1), (2, 2)]);
    });
}

#[test]
fn no_value_is_lost_while_threads_halve_the_resolution_of_shared_words() {
    check(2, || {
        let view = native_distribution_of(&measure());
        let target = view.rows.shared_target(ROW);
        target.record(ValueBits(2));
        target.record(ValueBits(3));
        // One adds to a bucket, and the other one needs another bucket.
        let threads = [3, 8].map(|value| {
            let target = target.clone();
            thread::spawn(move || target.record(ValueBits(value)))
        });
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        let (data, native) = read(&view);
        assert_eq!(data.bucket_counts, [1, 3]);
        assert_eq!((native.schema, native.positive), (-1, vec![(1, 3), (2, 1)]));
    });
}

#[test]
fn a_scrape_reads_each_value_once_while_a_thread_ends_with_a_lower_resolution() {
    check(2, || {
        let view = native_distribution_of(&measure());
        view.rows.shared_target(ROW).record(ValueBits(2));
        let mut shard = Shard::new(&view.rows, ThreadId::next());
        let target = shard.target(&view.rows, ROW);
        for value in [3, 8, 33] {
            target.record(ValueBits(value));
        }
        drop(target);
        let ending = thread::spawn(move || drop(shard));
        let expected = (vec![1, 3], -2, vec![(1, 3), (2, 1)]);
        let read = || {
            let (data, native) = read(&view);
            (data.bucket_counts, native.schema, native.positive)
        };
        assert_eq!(read(), expected);
        ending.join().expect("it does not panic");
        assert_eq!(read(), expected);
    });
}

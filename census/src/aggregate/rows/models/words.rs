//! Rows that have several words, and words that several threads write.

use std::sync::Arc;

use super::{ROW, distribution_of, last_value_of, measure, row};
use crate::aggregate::{Data, DistributionData, LiveView, Shard};
use crate::declare::{Number, ValueBits};
use crate::id::ThreadId;
use crate::sync::models::{check, thread};

/// What a scrape reads of a [`distribution_of`] now: the data, and the sum.
fn distribution(view: &LiveView) -> (DistributionData, i64) {
    match row(view) {
        Some(Data::Distribution(data)) => match data.sum {
            Number::I64(sum) => (*data, sum),
            other => unreachable!("the values are integers: {other:?}"),
        },
        other => unreachable!("the view has one row of a distribution: {other:?}"),
    }
}

/// Reads so often. Each value is at least 1.
fn sum_is_never_behind_count(view: &LiveView, times: usize) {
    let mut last = 0;
    for _ in 0..times {
        let (data, sum) = distribution(view);
        assert!(
            sum >= data.count.cast_signed(),
            "{sum} of {} values",
            data.count
        );
        assert!(data.count >= last, "{} after {last}", data.count);
        last = data.count;
    }
}

#[test]
fn threads_that_write_shared_words_lose_nothing() {
    check(3, || {
        let view = distribution_of(&measure());
        // Each thread makes the words if they are not there.
        let threads = [1, 3].map(|value| {
            let view = Arc::clone(&view);
            thread::spawn(move || view.rows.shared_target(ROW).record(ValueBits(value)))
        });
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        let (data, sum) = distribution(&view);
        let extremes = [data.min, data.max];
        assert_eq!((data.count, sum, &*data.bucket_counts), (2, 4, &[1, 1][..]));
        assert_eq!(extremes, [1, 3].map(|value| Some(Number::I64(value))));
        let moments = [data.mean, data.sum_of_squared_deviations];
        assert!(
            moments.iter().all(|it| (it - 2.0).abs() < 1e-9),
            "{moments:?}"
        );
    });
}

#[test]
fn a_scrape_that_reads_a_shared_count_reads_the_value() {
    check(2, || {
        let view = distribution_of(&measure());
        // Making the words synchronizes threads.
        let target = view.rows.shared_target(ROW);
        let recorder = thread::spawn(move || target.record(ValueBits(1)));
        sum_is_never_behind_count(&view, 2);
        recorder.join().expect("it does not panic");
        assert_eq!(distribution(&view).1, 1);
    });
}

#[test]
fn a_scrape_that_reads_a_count_of_a_thread_reads_the_value() {
    check(2, || {
        let view = distribution_of(&measure());
        let mut shard = Shard::new(&view.rows, ThreadId::next());
        // The second value is in the fast range.
        let target = shard.target(&view.rows, ROW);
        target.record(ValueBits(1));
        let recorder = thread::spawn(move || {
            target.record(ValueBits(1));
            drop(shard);
        });
        sum_is_never_behind_count(&view, 2);
        recorder.join().expect("it does not panic");
        assert_eq!(distribution(&view).1, 2);
    });
}

#[test]
fn a_scrape_reads_no_last_value_before_the_first_one() {
    check(3, || {
        let view = last_value_of(&measure());
        let target = view.rows.shared_target(ROW);
        let recorder = thread::spawn(move || target.record(ValueBits(7)));
        let read = row(&view);
        let value = Data::LastValue(Number::I64(7));
        assert!(read.is_none() || read == Some(value), "{read:?}");
        recorder.join().expect("it does not panic");
    });
}

//! How rows are removed while threads come late and scrapes read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    float_sums_of, for_each_sum, has_retired_chunks, key_of, measure, measure_of, sums, sums_of,
};
use crate::aggregate::{LiveView, RowLookup, Shard};
use crate::declare::{Number, ValueBits, ValueKind};
use crate::id::{RowId, ThreadId};
use crate::sync::models::{check, thread};

fn find_or_add(view: &LiveView, value: &str) -> RowId {
    match view.find_or_add(&key_of(value), |_| false) {
        RowLookup::Row(row) => row,
        RowLookup::Overflow(_) => unreachable!("there is room for a row"),
    }
}

/// Removes the row with this value of the column. Calls `renewed` where the measure gets a new version: no thread has a cache.
fn remove(view: &LiveView, value: &str, renewed: impl FnOnce()) {
    let removed = view.remove_row(&key_of(value), renewed);
    assert_eq!(removed.rows, 1);
}

fn shard_of(view: &LiveView) -> Shard {
    Shard::new(&view.rows, ThreadId::next())
}

/// Records in words of the thread with this shard.
fn record(view: &LiveView, shard: &mut Shard, value: &str, bits: ValueBits) {
    let row = find_or_add(view, value);
    shard.target(&view.rows, row).record(bits);
}

#[test]
fn a_thread_that_is_late_with_words_that_are_gone_changes_no_other_row() {
    check(3, || {
        let view = sums_of(&measure());
        let gone = find_or_add(&view, "a");
        let late = thread::spawn({
            let view = Arc::clone(&view);
            move || {
                let mut shard = shard_of(&view);
                let row = find_or_add(&view, "a");
                shard.target(&view.rows, row).record(ValueBits(1));
                view.rows.shared_target(row).record(ValueBits(1));
                // The thread ends.
                drop(shard);
                row
            }
        });
        remove(&view, "a", || {});
        // The words of this row are at the place of the former ones.
        let mut shard = shard_of(&view);
        record(&view, &mut shard, "b", ValueBits(4));
        view.rows
            .shared_target(find_or_add(&view, "b"))
            .record(ValueBits(16));
        let read = sums(&view);
        assert_eq!(read.get("b"), Some(&20), "a scrape reads {read:?}");
        let row = late.join().expect("it does not panic");
        assert!(!has_retired_chunks(&view));
        let mut expected = BTreeMap::from([("b".to_owned(), 20)]);
        if row != gone {
            expected.insert("a".to_owned(), 2);
        }
        assert_eq!(sums(&view), expected);
        drop(shard);
        assert_eq!(sums(&view), expected, "after the other thread has ended");
    });
}

#[test]
fn a_scrape_reads_a_row_that_is_being_removed_whole_or_not_at_all() {
    check(3, || {
        let view = sums_of(&measure());
        let mut ending = shard_of(&view);
        record(&view, &mut ending, "a", ValueBits(1));
        let row = find_or_add(&view, "a");
        view.rows.shared_target(row).record(ValueBits(4));
        let scraper = thread::spawn({
            let view = Arc::clone(&view);
            move || sums(&view)
        });
        let ender = thread::spawn(move || drop(ending));
        remove(&view, "a", || {});
        // The words of this row are at the place of the former ones.
        let mut shard = shard_of(&view);
        record(&view, &mut shard, "b", ValueBits(16));
        let read = scraper.join().expect("it does not panic");
        let [a, b] = ["a", "b"].map(|value| read.get(value));
        assert!(matches!(a, None | Some(5)), "a scrape read {read:?}");
        assert!(matches!(b, None | Some(0 | 16)), "a scrape read {read:?}");
        ender.join().expect("it does not panic");
        assert_eq!(sums(&view), BTreeMap::from([("b".to_owned(), 16)]));
    });
}

#[test]
fn a_sum_of_floats_is_not_raised_to_that_of_a_row_that_was_removed() {
    check(3, || {
        let bits = |value: f64| ValueBits(value.to_bits());
        let view = float_sums_of(&measure_of(ValueKind::F64));
        view.rows
            .shared_target(find_or_add(&view, "a"))
            .record(bits(8.0));
        let read = |view: &LiveView| {
            let mut last = None;
            for_each_sum(view, |key, sum| last = Some((key.to_owned(), sum)));
            last
        };
        let scraper = thread::spawn({
            let view = Arc::clone(&view);
            move || read(&view)
        });
        let mut shard = shard_of(&view);
        remove(&view, "a", || record(&view, &mut shard, "b", bits(1.0)));
        scraper.join().expect("it does not panic");
        assert_eq!(read(&view), Some((key_of("b"), Number::F64(1.0))));
    });
}

#[test]
fn a_scrape_reads_a_key_at_most_once_though_its_row_is_removed_and_made_again() {
    // A scrape is interrupted between two reads of the table, each of which reads 64 rows.
    check(2, || {
        let view = sums_of(&measure());
        for value in 0..64 {
            find_or_add(&view, &value.to_string());
        }
        let scraper = thread::spawn({
            let view = Arc::clone(&view);
            // It fails if a key is there twice.
            move || sums(&view).len()
        });
        remove(&view, "0", || {});
        assert_eq!(find_or_add(&view, "0").position, 64);
        let read = scraper.join().expect("it does not panic");
        assert!((63..=64).contains(&read), "a scrape read {read} rows");
    });
}

//! Measurements that are subtracted later, by the thread of the beginning or by another.

use std::sync::Arc;

use super::{A, ONE, Recorder, measure_by_column, measure_with, never_below_zero};
use crate::aggregate::models::{exhaust_words, key_of, release_words, sum, sum_of, sums};
use crate::declare::ValueBits;
use crate::id::RowId;
use crate::register::models::{add_view, remove_view};
use crate::register::remove_row;
use crate::sync::models::{check, thread};

/// A row in another chunk than the first.
const FAR_ROW: RowId = RowId::first_at(1_000);
const ZERO: ValueBits = ValueBits(0);

#[test]
fn a_scrape_that_reads_an_end_on_another_thread_reads_the_beginning() {
    check(3, || {
        let (measure, views) = measure_with(1);
        let mut recorder = Recorder::new(&measure);
        // There are shared words already: making them synchronizes threads.
        recorder.record_uncached(ZERO);
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 2)
        });
        recorder.record(ZERO);
        let beginning = recorder.begin();
        let other = thread::spawn({
            let mut other = Recorder::new(&measure);
            move || {
                other.end(beginning);
                other.cache.detach();
            }
        });
        // The thread of the beginning ends.
        recorder.cache.detach();
        other.join().expect("it does not panic");
        scraper.join().expect("it does not panic");
        assert_eq!(sum(&views[0]), 0);
    });
}

#[test]
fn an_end_on_a_thread_with_words_of_its_own_is_not_counted_there() {
    check(2, || {
        let (measure, views) = measure_with(1);
        let mut recorder = Recorder::new(&measure);
        let mut other = Recorder::new(&measure);
        // Both threads have words for the row, at the same place. A scrape reads those of the first one first.
        for _ in 0..2 {
            recorder.record(ZERO);
            other.record(ZERO);
        }
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 1)
        });
        let beginning = recorder.begin();
        let other = thread::spawn(move || {
            other.end(beginning);
            other
        });
        let other = other.join().expect("it does not panic");
        scraper.join().expect("it does not panic");
        for mut recorder in [recorder, other] {
            recorder.cache.detach();
        }
        assert_eq!(sum(&views[0]), 0);
    });
}

#[test]
fn an_end_is_counted_in_shared_words_if_its_beginning_was() {
    check(3, || {
        let (measure, views) = measure_with(1);
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 2)
        });
        // The view has so many rows that the thread gets no words of its own, and caches a row when it meets it again.
        exhaust_words(&views[0].rows);
        let mut recorder = Recorder::new(&measure);
        recorder.record(ZERO);
        recorder.record(ZERO);
        let beginning = recorder.begin();
        // It gets words for the row later, because its cache was cleared meanwhile, and it has met another row since.
        recorder.cache.meet(&views[0], FAR_ROW);
        release_words(&views[0].rows);
        recorder.cache.forget_cached();
        recorder.record(ZERO);
        recorder.end(beginning);
        recorder.cache.detach();
        scraper.join().expect("it does not panic");
        assert_eq!(sum(&views[0]), 0);
    });
}

#[test]
fn an_end_is_not_counted_in_a_view_that_was_registered_after_its_beginning() {
    check(2, || {
        let (measure, views) = measure_with(2);
        let mut recorder = Recorder::new(&measure);
        recorder.record(ZERO);
        let beginning = recorder.begin();
        let ender = thread::spawn({
            let mut other = Recorder::new(&measure);
            move || {
                other.end(beginning);
                other.cache.detach();
            }
        });
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 1)
        });
        // The second view is registered again.
        remove_view(&measure, &views[1]);
        let again = sum_of(&measure);
        add_view(&measure, &again);
        never_below_zero(&again, 1);
        ender.join().expect("it does not panic");
        scraper.join().expect("it does not panic");
        recorder.cache.detach();
        assert_eq!((sum(&views[0]), sum(&again)), (0, 0));
    });
}

/// A row is removed, and a row of the same key is made, between the beginning of a call and its end, which may be on another
/// thread.
fn an_end_is_not_counted_in_another_row(is_elsewhere: bool) {
    check(2, move || {
        let (measure, view) = measure_by_column();
        let mut first = Recorder::new(&measure);
        first.record_to(&A, ZERO);
        let beginning = first.begin_in(&A);
        let mut ender = Recorder::new(&measure);
        if !is_elsewhere {
            std::mem::swap(&mut first, &mut ender);
        }
        let ender = thread::spawn(move || {
            // Now it may have words for the new row, too.
            ender.record_to(&A, ZERO);
            ender.end(beginning);
            ender
        });
        assert!(remove_row(&view, &key_of(A)));
        first.record_to(&A, ONE);
        never_below_zero(&view, 1);
        // One thread after the other ends.
        first.cache.detach();
        let mut ender = ender.join().expect("it does not panic");
        ender.cache.detach();
        let sums = sums(&view);
        assert_eq!(sums.get(A), Some(&1), "the new row has its own value");
    });
}

#[test]
fn an_end_on_its_own_thread_is_not_counted_in_a_new_row_of_the_same_key() {
    an_end_is_not_counted_in_another_row(false);
}

#[test]
fn an_end_on_another_thread_is_not_counted_in_a_new_row_of_the_same_key() {
    an_end_is_not_counted_in_another_row(true);
}

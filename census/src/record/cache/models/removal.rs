//! Rows that are removed while threads record to them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{A, B, ONE, Recorder, counted, measure_by_column, numbered};
use crate::aggregate::models::{key_of, sums};
use crate::register::{current_version, remove_row};
use crate::sync::AtomicBool;
use crate::sync::models::{check, thread};

#[test]
fn a_measurement_after_a_removal_is_in_the_new_row_and_none_is_in_another_row() {
    check(3, || {
        let (measure, view) = measure_by_column();
        let mut recorder = Recorder::new(&measure);
        recorder.record_to(&A, numbered(0));
        let is_removed = Arc::new(AtomicBool::new(false));
        let recorder = thread::spawn({
            let is_removed = Arc::clone(&is_removed);
            move || {
                recorder.record_to(&A, numbered(1));
                // Acquire: pairs with the Release below.
                let is_late = is_removed.load(Ordering::Acquire);
                recorder.record_to(&A, numbered(2));
                recorder.record_to(&B, numbered(3));
                // The thread ends.
                recorder.cache.detach();
                is_late
            }
        });
        assert!(remove_row(&view, &key_of(A)));
        is_removed.store(true, Ordering::Release);
        let is_late = recorder.join().expect("it does not panic");
        let sums = sums(&view);
        assert_eq!(counted(&sums, &B), [0, 0, 0, 1], "{sums:?}");
        // What was recorded while the row was removed may have gone with it.
        let [before, during, last, other] = counted(&sums, &A);
        assert_eq!((before, other), (0, 0), "{sums:?}");
        assert!(during <= 1 && last <= 1, "{sums:?}");
        assert!(last == 1 || !is_late, "{sums:?}");
    });
}

#[test]
fn a_measurement_after_one_of_two_removals_is_in_the_new_row() {
    check(3, || {
        let (measure, view) = measure_by_column();
        let mut recorder = Recorder::new(&measure);
        recorder.record_to(&A, numbered(0));
        let other = thread::spawn({
            let view = Arc::clone(&view);
            move || remove_row(&view, &key_of(A))
        });
        let removed = remove_row(&view, &key_of(A));
        recorder.record_to(&A, numbered(1));
        let other_removed = other.join().expect("it does not panic");
        let sums = sums(&view);
        assert!(removed || other_removed);
        // Either both have removed the old row, or the other thread has removed the new one.
        let is_there = u8::from(removed != other_removed);
        assert_eq!(counted(&sums, &A), [0, is_there, 0, 0], "{sums:?}");
    });
}

#[test]
fn a_thread_keeps_no_words_of_rows_that_are_gone() {
    check(3, || {
        let (measure, view) = measure_by_column();
        let mut recorder = Recorder::new(&measure);
        recorder.record_to(&A, ONE);
        let recorder = thread::spawn(move || {
            recorder.record_to(&A, ONE);
            // As a measurement of another measure does.
            recorder.cache.invalidate_if_stale();
            recorder
        });
        assert!(remove_row(&view, &key_of(A)));
        let mut recorder = recorder.join().expect("it does not panic");
        recorder.cache.invalidate_if_stale();
        // There is a new row if the second measurement was late.
        let is_there = !sums(&view).is_empty();
        assert_eq!(recorder.cache.has_chunks_of(&view), is_there);
        let version = current_version(&measure).map(|version| version.0);
        let mut cached = recorder.cache.cached_versions().into_iter();
        assert!(cached.all(|cached| Some(cached) == version));
    });
}

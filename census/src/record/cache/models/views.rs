//! Versions: a measurement is counted in the views that are there, and a thread keeps nothing of those that are gone.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{ONE, Recorder, measure_with};
use crate::aggregate::models::{measure, sum, sum_of};
use crate::id::BoundId;
use crate::register::current_version;
use crate::register::models::{add_view, add_view_of_cells, begin_run, remove_view};
use crate::sync::AtomicBool;
use crate::sync::models::{check, thread};

#[test]
fn a_measurement_is_counted_in_the_views_that_are_there_when_it_begins() {
    check(3, || {
        let (measure, views) = measure_with(1);
        let second = sum_of(&measure);
        let is_added = Arc::new(AtomicBool::new(false));
        let recorder = thread::spawn({
            let is_added = Arc::clone(&is_added);
            let mut recorder = Recorder::new(&measure);
            move || {
                // The second one is found in the cache, and later ones in the hot table.
                recorder.record(ONE);
                recorder.record(ONE);
                // Acquire: pairs with the Release below.
                let is_late = is_added.load(Ordering::Acquire);
                recorder.record(ONE);
                recorder.record(ONE);
                // What is cached for versions that have ended is dropped.
                recorder.cache.invalidate_if_stale();
                (recorder, is_late)
            }
        });
        add_view(&measure, &second);
        is_added.store(true, Ordering::Release);
        let (mut recorder, is_late) = recorder.join().expect("it does not panic");
        recorder.cache.invalidate_if_stale();
        let version = current_version(&measure).map(|version| version.0);
        assert!(
            recorder
                .cache
                .cached_versions()
                .iter()
                .all(|cached| Some(*cached) == version),
            "something stays cached for a version that has ended"
        );
        recorder.cache.detach();
        assert_eq!(sum(&views[0]), 4, "the view that is always there");
        let in_second = sum(&second);
        let at_least = if is_late { 2 } else { 0 };
        assert!(
            (at_least..=4).contains(&in_second),
            "{in_second} of {at_least} are in the new view"
        );
    });
}

/// A thread records twice, while a view of the measure goes.
fn keeps_no_words_of_a_view_that_is_gone(
    record: impl Fn(&mut Recorder) + Copy + Send + Sync + 'static,
) {
    check(3, move || {
        let (measure, views) = measure_with(1);
        let [gone] = views.as_slice() else {
            unreachable!("there is one view");
        };
        let recorder = thread::spawn({
            let mut recorder = Recorder::new(&measure);
            move || {
                record(&mut recorder);
                recorder.cache.invalidate_if_stale();
                record(&mut recorder);
                recorder
            }
        });
        // The first view ends with a version that the thread may never have met.
        add_view(&measure, &sum_of(&measure));
        remove_view(&measure, gone);
        let mut recorder = recorder.join().expect("it does not panic");
        recorder.cache.invalidate_if_stale();
        // It does not matter that something else, here the model, has the view.
        assert!(!recorder.cache.has_words_of(gone));
        let version = current_version(&measure).map(|version| version.0);
        let mut cached = recorder.cache.cached_versions().into_iter();
        assert!(cached.all(|cached| Some(cached) == version));
    });
}

#[test]
fn a_thread_keeps_no_words_of_a_view_that_is_gone() {
    keeps_no_words_of_a_view_that_is_gone(|recorder| recorder.record(ONE));
}

#[test]
fn a_thread_with_a_handle_keeps_no_words_of_a_view_that_is_gone() {
    let id = BoundId::next();
    keeps_no_words_of_a_view_that_is_gone(move |recorder| recorder.record_bound(id));
}

#[test]
fn a_measurement_by_any_cell_of_a_measure_is_counted_in_the_views_that_are_there() {
    check(3, || {
        begin_run();
        // Two declarations of one name.
        let cells = [measure(), measure()];
        let [first, second] = [(); 2].map(|()| sum_of(&cells[0]));
        add_view_of_cells(&cells, &first);
        let is_added = Arc::new(AtomicBool::new(false));
        let recorder = thread::spawn({
            let (cells, is_added) = (cells.clone(), Arc::clone(&is_added));
            let mut recorder = Recorder::new(&cells[1]);
            move || {
                recorder.record(ONE);
                // Acquire: pairs with the Release below.
                let is_late = is_added.load(Ordering::Acquire);
                // First by the cell of the measurement that is cached, which nothing has dropped yet.
                for cell in cells.into_iter().rev() {
                    recorder.measure = cell;
                    recorder.record(ONE);
                }
                recorder.cache.detach();
                is_late
            }
        });
        add_view_of_cells(&cells, &second);
        is_added.store(true, Ordering::Release);
        let is_late = recorder.join().expect("it does not panic");
        assert_eq!(sum(&first), 3, "the view that is always there");
        let in_second = sum(&second);
        let at_least = if is_late { 2 } else { 0 };
        assert!(
            (at_least..=3).contains(&in_second),
            "{in_second} of {at_least} are in the new view"
        );
    });
}

#[test]
fn a_thread_that_has_ended_writes_no_words_that_another_has_now() {
    check(2, || {
        let (measure, views) = measure_with(1);
        let mut ending = Recorder::new(&measure);
        for _ in 0..3 {
            ending.record(ONE);
        }
        let other = thread::spawn({
            let mut other = Recorder::new(&measure);
            move || {
                for _ in 0..3 {
                    other.record(ONE);
                }
                other
            }
        });
        ending.cache.detach();
        // The words are folded, and then they are free.
        assert!(sum(&views[0]) >= 3);
        // As the destructor of a thread-local does.
        ending.record_after_end(ONE);
        let mut other = other.join().expect("it does not panic");
        other.cache.detach();
        assert_eq!(sum(&views[0]), 7);
    });
}

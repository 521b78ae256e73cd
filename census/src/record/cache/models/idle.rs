//! Rows that go because they are idle, while threads record to them.
//!
//! The times are so short that they have always passed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{A, B, Recorder, counted, measure_with_view, numbered};
use crate::aggregate::LiveView;
use crate::aggregate::models::{key_of, sum_with_idle, sums};
use crate::declare::{Handle, MeasureCell, Occasion, ValueBits};
use crate::register::models::renew_version;
use crate::register::tell;
use crate::sync::AtomicBool;
use crate::sync::models::{check, thread};

/// A look at a row marks it, and the next look removes it.
const MARKED_BEFORE: Duration = Duration::from_nanos(1);
/// A look does not mark a row that it sees for the first time, and the next look marks and removes it.
const MARKED_AT_ONCE: Duration = Duration::from_nanos(2);

static OVERFLOW: &str = "_overflow";

fn measure_with_idle(idle: Duration) -> (Handle<MeasureCell>, Arc<LiveView>) {
    measure_with_view(|measure| sum_with_idle(measure, idle))
}

/// A row with one measurement of the thread, which a look has seen.
fn seen_row(measure: &Handle<MeasureCell>, view: &LiveView) -> Recorder {
    let mut recorder = Recorder::new(measure);
    recorder.record_to(&A, numbered(0));
    // Now look-ups lock the table only for reading, if they can.
    view.add_row(&key_of(A), |_| false);
    assert_eq!(remove_idle(view, || {}), 0);
    recorder
}

/// Removes the rows that are idle. Calls `renewed` when the measure has got a new version. Returns how many rows it has removed.
fn remove_idle(view: &LiveView, renewed: impl FnOnce()) -> usize {
    let renew = || {
        renew_version(view);
        renewed();
    };
    tell(view, view.remove_idle(Occasion::Collection, renew)).rows
}

/// What a removal and a thread tell each other.
#[derive(Default)]
struct Flags {
    /// The measure has a new version, or the removal has returned.
    is_renewed: AtomicBool,
    /// The first measurement has ended.
    has_recorded: AtomicBool,
}

fn set(flag: &AtomicBool) {
    // Release: pairs with the Acquire in `is_set`.
    flag.store(true, Ordering::Release);
}

fn is_set(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Acquire)
}

#[test]
fn an_idle_row_that_was_marked_before_keeps_each_measurement_that_is_looked_up() {
    check(3, || {
        let (measure, view) = measure_with_idle(MARKED_BEFORE);
        let mut recorder = seen_row(&measure, &view);
        let flags = Arc::new(Flags::default());
        let recorder = thread::spawn({
            let flags = Arc::clone(&flags);
            move || {
                let is_late = is_set(&flags.is_renewed);
                recorder.record_to(&A, numbered(1));
                recorder.cache.detach();
                is_late
            }
        });
        let mut is_marked_again = false;
        let removed = remove_idle(&view, || {
            is_marked_again = true;
            set(&flags.is_renewed);
        });
        set(&flags.is_renewed);
        let is_late = recorder.join().expect("it does not panic");
        let sums = sums(&view);
        let [before, now, ..] = counted(&sums, &A);
        assert_eq!(usize::from(before), 1 - removed, "{sums:?}");
        // The row may be marked again after a measurement has found it.
        let may_be_lost = removed == 1 && is_marked_again && !is_late;
        assert!(now == 1 || may_be_lost && now == 0, "{sums:?}");
    });
}

#[test]
fn with_an_idle_row_go_only_measurements_that_were_under_way() {
    check(3, || {
        let (measure, view) = measure_with_idle(MARKED_AT_ONCE);
        let mut recorder = seen_row(&measure, &view);
        let flags = Arc::new(Flags::default());
        let recorder = thread::spawn({
            let flags = Arc::clone(&flags);
            move || {
                let are_late = [1, 2].map(|number| {
                    let is_late = is_set(&flags.is_renewed);
                    recorder.record_to(&A, numbered(number));
                    set(&flags.has_recorded);
                    is_late
                });
                recorder.cache.detach();
                are_late
            }
        });
        let mut is_early = false;
        let removed = remove_idle(&view, || {
            is_early = is_set(&flags.has_recorded);
            set(&flags.is_renewed);
        });
        set(&flags.is_renewed);
        let are_late = recorder.join().expect("it does not panic");
        let sums = sums(&view);
        let [before, first, second, _] = counted(&sums, &A);
        assert_eq!(usize::from(before), 1 - removed, "{sums:?}");
        let stays = removed == 0;
        assert!(
            first == 1 || first == 0 && !(stays || are_late[0] || is_early),
            "{sums:?}"
        );
        assert!(
            second == 1 || second == 0 && !(stays || are_late[1]),
            "{sums:?}"
        );
    });
}

#[test]
fn an_idle_row_with_an_open_guard_stays() {
    check(3, || {
        let (measure, view) = measure_with_idle(MARKED_AT_ONCE);
        let mut recorder = Recorder::new(&measure);
        recorder.record_to(&A, ValueBits(0));
        let beginning = recorder.begin_in(&A);
        let look = || assert_eq!(remove_idle(&view, || {}), 0);
        look();
        let other = thread::spawn({
            let mut other = Recorder::new(&measure);
            move || {
                other.end(beginning);
                other.cache.detach();
            }
        });
        // The thread of the beginning ends.
        recorder.cache.detach();
        look();
        other.join().expect("it does not panic");
        assert_eq!(sums(&view).get(A), Some(&0));
    });
}

#[test]
fn a_full_view_makes_room_and_each_measurement_is_in_one_row() {
    check(2, || {
        let (measure, view) = measure_with_idle(MARKED_BEFORE);
        let mut recorder = seen_row(&measure, &view);
        let has_made_room = Arc::new(AtomicBool::new(false));
        let recorder = thread::spawn({
            let has_made_room = Arc::clone(&has_made_room);
            move || {
                recorder.record_to(&A, numbered(1));
                let is_late = is_set(&has_made_room);
                recorder.record_to(&A, numbered(2));
                recorder.cache.detach();
                is_late
            }
        });
        // There is no room for it if the first row stays.
        let mut other = Recorder::new(&measure);
        other.record_to(&B, numbered(3));
        set(&has_made_room);
        let is_late = recorder.join().expect("it does not panic");
        let sums = sums(&view);
        let rows = [&A, &B, &OVERFLOW].map(|row| counted(&sums, row));
        let total = |number: usize| rows.iter().map(|row| row[number]).sum::<u8>();
        assert!((0..4).all(|number| total(number) <= 1), "{sums:?}");
        assert!(total(2) == 1 || !is_late, "{sums:?}");
        // Its row is idle, too, if the thread looks for room twice.
        let has_made_room_again = rows[0] == [0, 0, 1, 0];
        assert!(total(3) == 1 || has_made_room_again, "{sums:?}");
    });
}

//! `Measure::bind_local` counts in the rows of its tags, whatever becomes of the views and of the thread.

use std::cell::RefCell;
use std::thread;

use census::testing::isolate;
use census::{LocalMeasure, Measure, TagKey, TagMap, View, measure, tag, tags, view};

#[tag]
static LANE: TagKey;
#[measure]
static STEPS: Measure<u64>;
#[measure]
static WEIGHTS: Measure<f64>;
#[measure]
static NOTHING: Measure<u64>;

view! {
    static STEPS_BY_LANE: Count<STEPS> by (LANE);
    static WEIGHT_BY_LANE: Sum<WEIGHTS> by (LANE);
    static WEIGHTS_BY_LANE: Distribution<WEIGHTS> by (LANE) { buckets: [1.0, 2.0] }
}

fn lane(number: u64) -> TagMap {
    tags!(LANE = number)
}

fn steps(number: u64) -> Option<u64> {
    STEPS_BY_LANE.data().get(&lane(number)).copied()
}

#[test]
fn every_measurement_is_in_the_row_of_the_handles_tags() {
    let _isolated = isolate();
    let handles = [1, 2].map(|number| STEPS.bind_local(lane(number)));
    assert_eq!((steps(1), steps(2)), (Some(0), Some(0)), "rows with zeros");
    tags!(LANE = 3).scope(|| {
        for _ in 0..10 {
            handles[0].record(1);
        }
        handles[1].record(1);
    });
    assert_eq!((steps(1), steps(2), steps(3)), (Some(10), Some(1), None));
    NOTHING.bind_local(lane(1)).record(1);
}

#[test]
fn every_view_has_every_value_but_those_that_are_rejected() {
    let _isolated = isolate();
    let handle = WEIGHTS.bind_local(lane(1));
    for value in [1.0, 2.0, 3.0, -4.0, f64::NAN, -0.0, f64::INFINITY, 5.0, 6.0] {
        handle.record(value);
    }
    let sum = WEIGHT_BY_LANE.data();
    assert!(sum.get(&lane(1)).is_some_and(|sum| *sum == 13.0), "{sum:?}");
    let distribution = WEIGHTS_BY_LANE.data();
    let row = distribution.get(&lane(1)).expect("it has a row");
    assert_eq!((row.count, &*row.bucket_counts), (7, &[3, 1, 3][..]));
}

#[test]
fn views_and_rows_may_go_and_come_while_a_handle_is_used() {
    let _isolated = isolate();
    let handle = STEPS.bind_local(lane(1));
    for _ in 0..3 {
        handle.record(1);
    }
    let second = View::count("second_steps", &STEPS).register();
    let second = second.expect("a new view");
    for _ in 0..3 {
        handle.record(1);
    }
    assert_eq!(steps(1), Some(6));
    assert_eq!(second.data().get(&TagMap::new()), Some(&3));
    assert!(STEPS_BY_LANE.remove(&lane(1)));
    for _ in 0..3 {
        handle.record(1);
    }
    assert_eq!(steps(1), Some(3), "a new row");
    assert!(STEPS_BY_LANE.unregister() && second.unregister());
    handle.record(1);
    STEPS_BY_LANE.register().expect("it is a valid view");
    for _ in 0..3 {
        handle.record(1);
    }
    assert_eq!(steps(1), Some(3), "of the new view");
}

#[test]
fn a_handle_counts_in_the_isolation_that_its_thread_is_within() {
    let _isolated = isolate();
    let handle = STEPS.bind_local(lane(1));
    for _ in 0..3 {
        handle.record(1);
    }
    {
        let _inner = isolate();
        for _ in 0..2 {
            handle.record(1);
        }
        assert_eq!(steps(1), Some(2));
    }
    handle.record(1);
    assert_eq!(steps(1), Some(4));
}

/// Records with its handle when the thread ends.
struct RecordsAtTheEnd(LocalMeasure<u64>);

impl Drop for RecordsAtTheEnd {
    fn drop(&mut self) {
        for _ in 0..3 {
            self.0.record(1);
        }
    }
}

thread_local! {
    static KEPT: RefCell<Vec<RecordsAtTheEnd>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn a_handle_in_a_thread_local_counts_when_the_thread_ends() {
    let _isolated = isolate();
    let tags = TagMap::current();
    for _ in 0..50 {
        // Words of ended threads are used again by those that follow.
        let threads = [true, false].map(|is_early| {
            let tags = tags.clone();
            thread::spawn(move || {
                tags.scope(|| {
                    // A thread-local that is used before the first measurement is destroyed after the thread's cache.
                    if is_early {
                        KEPT.with_borrow_mut(Vec::clear);
                    }
                    let handle = STEPS.bind_local(TagMap::current().overridden_by(&lane(7)));
                    for _ in 0..3 {
                        handle.record(1);
                    }
                    KEPT.with_borrow_mut(|kept| kept.push(RecordsAtTheEnd(handle)));
                });
            })
        });
        for thread in threads {
            thread.join().expect("it does not panic");
        }
    }
    assert_eq!(steps(7), Some(50 * 2 * 6));
}

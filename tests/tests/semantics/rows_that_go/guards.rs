//! Guards whose row goes, and rows with open guards.

use std::thread;

use census::testing::isolate;
use census::{Data, Held, hold, record, tags};
use census_tests::threads::on_new_thread;

use super::{
    GOING_LEVEL, IDLE_LEVEL, IDLE_LEVEL_COUNT, IDLE_LEVEL_LAST, IDLE_LEVEL_SIZES, LEVEL, SHORT,
    TENANT,
};

fn held() -> Held {
    hold!(LEVEL = 1, tags(TENANT = "a"))
}

fn level() -> Option<Data> {
    let level = GOING_LEVEL.data().get(&tags!(TENANT = "a")).copied();
    level.map(Data::Sum)
}

#[test]
fn the_end_of_a_guard_whose_row_was_removed_is_counted_nowhere() {
    let _isolated = isolate();
    let sum = |value: i64| Some(Data::Sum(value.into()));
    let bound = LEVEL.bind(tags!(TENANT = "a"));
    let guards = [
        held(),
        bound.hold(1),
        tags!(TENANT = "a").scope(|| LEVEL.hold(1)),
    ];
    assert_eq!(level(), sum(3));
    assert!(GOING_LEVEL.remove(&tags!(TENANT = "a")));
    let [first, second, third] = guards;
    drop(first);
    assert_eq!(level(), None, "the end makes no row");
    let new = held();
    on_new_thread(|| drop(second));
    drop(third);
    assert_eq!(level(), sum(1), "the new row does not see the ends");
    drop(new);
    assert_eq!(level(), sum(0));
    let held = held();
    assert_eq!(GOING_LEVEL.clear(), 1);
    on_new_thread(|| drop(held));
    assert_eq!(level(), None);
}

#[test]
fn a_row_with_open_guards_is_not_idle() {
    let _isolated = isolate();
    IDLE_LEVEL.register().expect("a valid view");
    IDLE_LEVEL_COUNT.register().expect("a valid view");
    IDLE_LEVEL_LAST.register().expect("a valid view");
    IDLE_LEVEL_SIZES.register().expect("a valid view");
    let rows = || {
        [
            IDLE_LEVEL.data().rows.len(),
            IDLE_LEVEL_COUNT.data().rows.len(),
            IDLE_LEVEL_LAST.data().rows.len(),
            IDLE_LEVEL_SIZES.data().rows.len(),
        ]
    };
    let tags = || tags!(TENANT = "held");
    let bound = LEVEL.bind(tags());
    // One guard is a cached measurement's, one was looked up, and one is a handle's.
    let guards = [
        hold!(LEVEL = 0, tags(TENANT = "held")),
        tags().scope(|| LEVEL.hold(5)),
        bound.hold(-5),
    ];
    record!(LEVEL = 0, tags(TENANT = "recorded"));
    assert_eq!(rows(), [2; 4]);
    for guard in guards {
        for _ in 0..2 {
            thread::sleep(SHORT);
            assert_eq!(rows(), [1; 4]);
        }
        // The end is in other words than the beginning.
        on_new_thread(|| drop(guard));
        let count = IDLE_LEVEL_COUNT.data().get(&tags()).copied();
        assert!(count.is_some_and(|count| count >= 4), "{count:?}");
    }
    // The ends are seen.
    assert_eq!(rows(), [1; 4]);
    thread::sleep(SHORT);
    assert_eq!(rows(), [0; 4]);
}

//! The option `idle`.

use std::thread;
use std::time::Instant;

use census::testing::isolate;
use census::{TagMap, View, record, tags};

use super::{
    BYTES, IDLE_BY_PLAN, IDLE_COUNT, IDLE_FULL, IDLE_LAST, IDLE_LONG, IDLE_SIZES, IDLE_SUM, LONG,
    PLAN, Plan, SHORT, TENANT,
};

/// How many rows the view has in a collection now.
fn rows<A: census::Aggregation>(view: &View<A>) -> usize {
    view.data().rows.len()
}

#[test]
fn a_row_that_is_not_recorded_to_leaves_at_a_collection() {
    let _isolated = isolate();
    for is_registered in [
        IDLE_COUNT.register().is_ok(),
        IDLE_SUM.register().is_ok(),
        IDLE_LAST.register().is_ok(),
        IDLE_SIZES.register().is_ok(),
        IDLE_LONG.register().is_ok(),
    ] {
        assert!(is_registered);
    }
    for _ in 0..2 {
        record!(BYTES = 0, tags(TENANT = "a"));
        assert_eq!(rows(&IDLE_COUNT), 1);
        assert_eq!(
            [rows(&IDLE_SUM), rows(&IDLE_LAST), rows(&IDLE_SIZES)],
            [1; 3]
        );
        assert_eq!(rows(&IDLE_LONG), 1);
        thread::sleep(SHORT);
        assert_eq!(rows(&IDLE_COUNT), 0);
        assert_eq!(
            [rows(&IDLE_SUM), rows(&IDLE_LAST), rows(&IDLE_SIZES)],
            [0; 3]
        );
        assert_eq!(rows(&IDLE_LONG), 1);
    }
    record!(BYTES = 7, tags(TENANT = "a"));
    assert_eq!(IDLE_COUNT.data().get(&tags!(TENANT = "a")), Some(&1));
    assert!(
        IDLE_LONG
            .data()
            .get(&tags!(TENANT = "a"))
            .is_some_and(|sum| *sum == 7)
    );
}

#[test]
fn a_row_that_is_recorded_to_stays_whatever_the_value() {
    let _isolated = isolate();
    for registered in [IDLE_COUNT.register(), IDLE_FULL.register()] {
        registered.expect("a valid view");
    }
    IDLE_SUM.register().expect("a valid view");
    IDLE_LAST.register().expect("a valid view");
    IDLE_SIZES.register().expect("a valid view");
    let bound = BYTES.bind(tags!(TENANT = "bound"));
    let begun = Instant::now();
    // Of values that are added, a zero changes nothing, and the last value is the same again.
    while begun.elapsed() < 3 * SHORT {
        record!(BYTES = 0, tags(TENANT = "a"));
        bound.record(0);
        assert_eq!([rows(&IDLE_COUNT), rows(&IDLE_SUM)], [2; 2]);
        assert_eq!([rows(&IDLE_LAST), rows(&IDLE_SIZES)], [2; 2]);
        thread::sleep(SHORT / 8);
    }
    let count = IDLE_COUNT.data().get(&tags!(TENANT = "a")).copied();
    assert!(
        count.is_some_and(|count| count > 1),
        "it is the same row: {count:?}"
    );
}

#[test]
fn a_measurement_that_is_in_a_cache_keeps_its_row_after_it_was_marked() {
    let _isolated = isolate();
    IDLE_COUNT.register().expect("a valid view");
    record!(BYTES = 1, tags(TENANT = "a"));
    assert_eq!(rows(&IDLE_COUNT), 1);
    // After half of the time, the row is marked: it leaves unless it is recorded to.
    for _ in 0..4 {
        let begun = Instant::now();
        thread::sleep(SHORT / 2);
        let rows = rows(&IDLE_COUNT);
        if begun.elapsed() > SHORT {
            // The machine was busy, so the row may have left.
            return;
        }
        assert_eq!(rows, 1);
        record!(BYTES = 1, tags(TENANT = "a"));
    }
    assert_eq!(IDLE_COUNT.data().get(&tags!(TENANT = "a")), Some(&5));
}

#[test]
fn rows_that_are_there_from_the_start_are_never_idle() {
    let _isolated = isolate();
    IDLE_BY_PLAN.register().expect("a valid view");
    BYTES.record(1);
    record!(BYTES = 1, tags(PLAN = Plan::Free));
    assert_eq!(rows(&IDLE_BY_PLAN), 3);
    thread::sleep(SHORT);
    let data = IDLE_BY_PLAN.data();
    assert_eq!(data.get(&TagMap::new()), None);
    assert_eq!(data.get(&tags!(PLAN = Plan::Free)), Some(&1));
    assert_eq!(data.get(&tags!(PLAN = Plan::Paid)), Some(&0));
}

#[test]
fn idle_rows_leave_before_a_view_overflows() {
    let _isolated = isolate();
    IDLE_FULL.register().expect("a valid view");
    for tenant in ["a", "b"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    // Rows are looked at.
    assert_eq!(rows(&IDLE_FULL), 2);
    thread::sleep(SHORT);
    for tenant in ["c", "d"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    let data = IDLE_FULL.data();
    assert_eq!(data.overflowed, 0);
    for tenant in ["c", "d"] {
        assert_eq!(data.get(&tags!(TENANT = tenant)), Some(&1));
    }
}

#[test]
fn a_view_without_collections_makes_room_too() {
    let _isolated = isolate();
    IDLE_FULL.register().expect("a valid view");
    for tenant in ["a", "b"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    // The first measurement that has no room looks at the rows, and a later one finds them idle.
    record!(BYTES = 1, tags(TENANT = "c"));
    thread::sleep(SHORT);
    record!(BYTES = 1, tags(TENANT = "c"));
    let data = IDLE_FULL.data();
    assert_eq!(data.get(&tags!(TENANT = "c")), Some(&1));
    assert_eq!(data.overflowed, 1);
}

#[test]
fn a_handle_makes_room_for_its_row() {
    let _isolated = isolate();
    IDLE_FULL.register().expect("a valid view");
    for tenant in ["a", "b"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    assert_eq!(rows(&IDLE_FULL), 2);
    thread::sleep(SHORT);
    let _bound = BYTES.bind(tags!(TENANT = "bound"));
    let data = IDLE_FULL.data();
    assert_eq!(data.get(&tags!(TENANT = "bound")), Some(&0));
    assert_eq!(data.rows.len(), 1);
}

#[test]
fn views_that_are_made_at_run_time_can_be_idle() {
    let _isolated = isolate();
    let view = View::sum("idle_at_run_time", &BYTES)
        .column(&TENANT)
        .idle(SHORT);
    let view = view.register().expect("a valid view");
    record!(BYTES = 1, tags(TENANT = "a"));
    assert_eq!(rows(&view), 1);
    thread::sleep(SHORT);
    assert_eq!(rows(&view), 0);
    let other = View::sum("idle_at_run_time", &BYTES)
        .column(&TENANT)
        .idle(LONG);
    let problem = other
        .register()
        .expect_err("another definition")
        .to_string();
    assert!(problem.contains("idle"), "{problem}");
}

//! The rows that a guard adds to, and the views of other aggregations.

use census::testing::isolate;
use census::{Held, LastValue, Measure, TagMap, hold, measure, tags, view};
use census_tests::rows::{only_row, row};
use census_tests::threads::on_new_thread;

use super::{CONNECTIONS, CONNECTIONS_BY_LISTENER, LISTENER, level};

#[measure]
static LEVEL: Measure<i64>;
#[measure(name = "hold/bound")]
static BOUND: Measure<i64>;
#[measure]
static CROWDED: Measure<i64>;
#[measure]
static SEEN: Measure<i64>;
#[measure(name = "hold/unviewed")]
static UNVIEWED: Measure<i64>;

view! {
    static LEVEL_SUM: Sum<LEVEL>;
    static BOUND_BY_LISTENER: Sum<BOUND> by (LISTENER);
    static BOUND_SUM: Sum<BOUND>;
    static CROWDED_BY_LISTENER: Sum<CROWDED> by (LISTENER) { max_series: 1 }
    static SEEN_COUNT: Count<SEEN>;
    static SEEN_LAST: LastValue<SEEN>;
    static SEEN_SIZES: Distribution<SEEN> { buckets: [0] }
}

fn is_send_sync_and_static<T: Send + Sync + 'static>(_: &T) {}

#[test]
fn value_is_in_the_row_until_the_guard_is_dropped() {
    let _isolated = isolate();
    let sum = || level(&LEVEL_SUM, &TagMap::new());
    let first = LEVEL.hold(2);
    is_send_sync_and_static(&first);
    assert_eq!(first.value(), 2);
    assert_eq!(format!("{first:?}").matches("value: 2").count(), 1);
    assert_eq!(sum(), Some(2));
    let second = LEVEL.hold(40);
    assert_eq!(sum(), Some(42));
    drop(first);
    assert_eq!(sum(), Some(40));
    drop(second);
    assert_eq!(sum(), Some(0));
}

#[test]
fn any_value_is_taken_back() {
    let _isolated = isolate();
    for value in [0, -1, i64::MAX, i64::MIN, i64::MIN + 1] {
        let held = LEVEL.hold(value);
        assert_eq!(level(&LEVEL_SUM, &TagMap::new()), Some(value));
        drop(held);
        assert_eq!(level(&LEVEL_SUM, &TagMap::new()), Some(0));
    }
}

#[test]
fn tags_are_those_of_the_beginning() {
    let _isolated = isolate();
    let (a, b) = (tags!(LISTENER = "a"), tags!(LISTENER = "b"));
    let held = a.clone().scope(|| CONNECTIONS.hold(1));
    b.clone().scope(|| {
        assert_eq!(level(&CONNECTIONS_BY_LISTENER, &a), Some(1));
        drop(held);
    });
    assert_eq!(level(&CONNECTIONS_BY_LISTENER, &a), Some(0));
    assert_eq!(
        level(&CONNECTIONS_BY_LISTENER, &b),
        None,
        "the end makes no row"
    );
}

#[test]
fn guard_of_a_bound_measure_has_its_tags_and_outlives_it() {
    let _isolated = isolate();
    let tags = tags!(LISTENER = "bound");
    let by_listener = || level(&BOUND_BY_LISTENER, &tags);
    let sum = || level(&BOUND_SUM, &TagMap::new());
    let bound = BOUND.bind(tags.clone());
    // The first is resolved, the second is found by the handle's identifier.
    let (first, second) = (bound.hold(1), bound.hold(2));
    let third: Held = on_new_thread(|| bound.hold(4));
    let fourth = tags!(LISTENER = "another").scope(|| bound.hold(8));
    assert_eq!((by_listener(), sum()), (Some(15), Some(15)));
    bound.record(16);
    drop(bound);
    for (guard, left) in [(second, 29), (third, 25), (first, 24), (fourth, 16)] {
        drop(guard);
        assert_eq!((by_listener(), sum()), (Some(left), Some(left)));
    }
    assert_eq!(BOUND_BY_LISTENER.data().rows.len(), 1);
}

#[test]
fn guard_of_the_overflow_row_is_counted_there() {
    let _isolated = isolate();
    let hold = |listener: &str| tags!(LISTENER = listener).scope(|| CROWDED.hold(1));
    let overflow = || level(&CROWDED_BY_LISTENER, &tags!(LISTENER = "_overflow"));
    let (first, second, third) = (hold("a"), hold("b"), hold("c"));
    assert_eq!(level(&CROWDED_BY_LISTENER, &tags!(LISTENER = "a")), Some(1));
    assert_eq!(overflow(), Some(2));
    drop(second);
    assert_eq!(overflow(), Some(1));
    on_new_thread(|| drop(third));
    assert_eq!(overflow(), Some(0));
    drop(first);
    assert_eq!(level(&CROWDED_BY_LISTENER, &tags!(LISTENER = "a")), Some(0));
    assert_eq!(CROWDED_BY_LISTENER.data().rows.len(), 2);
}

#[test]
fn other_aggregations_see_two_measurements() {
    let _isolated = isolate();
    let held = SEEN.hold(7);
    assert_eq!(only_row(&SEEN_COUNT), Some(1));
    assert!(only_row::<LastValue>(&SEEN_LAST).is_some_and(|last| last == 7_i64));
    drop(held);
    assert_eq!(only_row(&SEEN_COUNT), Some(2));
    assert!(only_row::<LastValue>(&SEEN_LAST).is_some_and(|last| last == -7_i64));
    let sizes = row(&SEEN_SIZES, &TagMap::new()).map(|data| data.bucket_counts);
    assert_eq!(sizes, Some(vec![1, 1]));
}

#[test]
fn unviewed_measure_is_held_without_effect() {
    let _isolated = isolate();
    let held = UNVIEWED.hold(1);
    assert!(!UNVIEWED.is_viewed());
    drop(held);
}

/// `hold!` has tags of its own, over those of the scope.
#[test]
fn a_value_is_held_with_tags_of_its_own() {
    let _isolated = isolate();
    let own = tags!(LISTENER = "own");
    let listener = "own".to_owned();
    let other = tags!(LISTENER = "scope");
    let held = other.clone().scope(|| {
        let held = hold!(CONNECTIONS = 2, tags(LISTENER = &listener));
        let of_scope = hold!(CONNECTIONS = 3);
        assert_eq!(level(&CONNECTIONS_BY_LISTENER, &own), Some(2));
        assert_eq!(level(&CONNECTIONS_BY_LISTENER, &other), Some(3));
        drop(of_scope);
        held
    });
    assert_eq!(held.value(), 2);
    assert_eq!(level(&CONNECTIONS_BY_LISTENER, &other), Some(0));
    // It goes back to its row, on whatever thread and with whatever tags.
    std::thread::spawn(move || other.scope(|| drop(held)))
        .join()
        .unwrap();
    assert_eq!(level(&CONNECTIONS_BY_LISTENER, &own), Some(0));
}

#[test]
fn a_tag_of_hold_that_is_not_set_is_that_of_the_scope() {
    let _isolated = isolate();
    let scope = tags!(LISTENER = "scope");
    let unset: Option<&str> = None;
    let _scope = scope.clone().enter();
    let held = hold!(CONNECTIONS = 1, tags(LISTENER = unset));
    assert_eq!(level(&CONNECTIONS_BY_LISTENER, &scope), Some(1));
    drop(held);
    assert_eq!(level(&CONNECTIONS_BY_LISTENER, &scope), Some(0));
}

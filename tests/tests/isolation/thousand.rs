//! A thousand tests at once, over the same measures and views.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use census::testing::{isolate, isolated};
use census::{Measure, TagKey, TagMap, WithTags as _, measure, record, tag, tags, view};

use census_tests::rows::integer;

const TESTS: usize = 1_000;
const THREADS: usize = 8;

#[tag]
static LANE: TagKey;
#[measure]
static STEPS: Measure<u64>;
#[measure]
static OPEN: Measure<i64>;
view! {
    static STEP_COUNT: Count<STEPS> by (LANE);
    static STEP_SUM: Sum<STEPS>;
    static STEP_SIZES: Distribution<STEPS> { buckets: [10, 100] }
    static OPEN_SUM: Sum<OPEN> by (LANE);
}

#[measure]
fn step(number: usize) -> usize {
    number
}

fn lane(number: usize) -> &'static str {
    match number % 3 {
        0 => "a",
        1 => "b",
        _ => "c",
    }
}

/// Records as many steps as the number of the test says, and starts to hold a level.
fn begin(number: usize) -> census::Held {
    for _ in 0..number % 7 {
        record!(STEPS = number as u64, tags(LANE = lane(number)));
        step(number);
    }
    census::hold!(OPEN = 1, tags(LANE = String::from(lane(number))))
}

/// Sees exactly what this test has recorded.
fn check(number: usize, held: i64) {
    let steps = (number % 7) as u64;
    let count = STEP_COUNT
        .data()
        .get(&tags!(LANE = lane(number)))
        .copied()
        .unwrap_or_default();
    assert_eq!(count, steps, "test {number}");
    assert!(
        STEP_COUNT.data().rows.len() <= 1,
        "test {number}: {:?}",
        STEP_COUNT.data()
    );
    let sum = STEP_SUM.data().rows.first().map(|row| integer(&row.data));
    assert_eq!(
        sum.unwrap_or_default(),
        i64::try_from(steps * number as u64).expect("few"),
        "test {number}"
    );
    let sizes = STEP_SIZES
        .data()
        .rows
        .first()
        .map_or(0, |row| row.data.count);
    assert_eq!(sizes, steps, "test {number}");
    let open = OPEN_SUM.data();
    let open: Vec<_> = open.rows.iter().map(|row| integer(&row.data)).collect();
    assert_eq!(open, [held], "test {number}");
    let calls: u64 = census::calls::CALLS
        .data()
        .rows
        .iter()
        .map(|row| row.data)
        .sum();
    assert_eq!(calls, steps, "test {number}");
}

fn test(number: usize) {
    let _isolated = isolate();
    let held = begin(number);
    check(number, 1);
    if number.is_multiple_of(5) {
        assert!(STEP_SUM.unregister());
        STEP_SUM.register().expect("it is valid");
    }
    let tags = TagMap::current();
    if number.is_multiple_of(3) {
        thread::spawn(|| tags.scope(|| drop(held)))
            .join()
            .expect("it does not panic");
    } else {
        drop(held);
    }
    if !number.is_multiple_of(5) {
        check(number, 0);
    }
}

async fn async_test(number: usize) {
    let held = begin(number);
    tokio::task::yield_now().await;
    check(number, 1);
    let other = async move {
        tokio::task::yield_now().await;
        drop(held);
    };
    tokio::spawn(other.with_tags(TagMap::current()))
        .await
        .expect("it does not panic");
    check(number, 0);
}

#[test]
fn a_thousand_tests_each_see_their_own() {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= TESTS {
                        break;
                    }
                    test(number);
                }
            });
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_thousand_asynchronous_tests_each_see_their_own() {
    let tests: Vec<_> = (0..TESTS)
        .map(|number| tokio::spawn(isolated(async_test(number))))
        .collect();
    for test in tests {
        test.await.expect("it does not panic");
    }
}

//! `View::remove` and `View::clear`.

use std::sync::mpsc;
use std::thread;

use census::testing::isolate;
use census::{Data, Observed, TagMap, measure, record, tags, view};
use census_tests::threads::on_new_thread;

use super::{
    BYTES, GOING_ALL, GOING_BY_PLAN, GOING_BY_PLAN_AND_TENANT, GOING_COUNT, GOING_LAST,
    GOING_SECONDS, GOING_SIZES, GOING_SUM, PLAN, Plan, SECONDS, TENANT,
};

#[measure(total, name = "going/observed_total")]
static TOTAL: Observed<u64>;
#[measure(name = "going/observed")]
static READ: Observed<u64>;
view! {
    static GOING_TOTAL: Sum<TOTAL> by (TENANT) { max_series: 1 }
    static GOING_READ: LastValue<READ> by (TENANT);
}

#[test]
fn a_removed_row_is_gone_and_the_next_measurement_begins_at_zero() {
    let _isolated = isolate();
    let tags = || tags!(TENANT = "a");
    let bound = BYTES.bind(tags());
    let record_in_all_ways = || {
        record!(BYTES = 7, tags(TENANT = "a"));
        let tenant = String::from("a");
        record!(BYTES = 7, tags(TENANT = tenant.as_str()));
        tags().scope(|| BYTES.record(7));
        bound.record(7);
    };
    for _ in 0..3 {
        record_in_all_ways();
        record_in_all_ways();
        assert_eq!(GOING_COUNT.data().get(&tags()), Some(&8));
        assert_eq!(
            GOING_SIZES.data().get(&tags()).map(|data| data.count),
            Some(8)
        );
        assert!(GOING_SUM.data().get(&tags()).is_some_and(|sum| *sum == 56));
        assert!(
            GOING_LAST
                .data()
                .get(&tags())
                .is_some_and(|last| *last == 7)
        );
        assert!(GOING_COUNT.remove(&tags()) && GOING_SUM.remove(&tags()));
        assert!(GOING_LAST.remove(&tags()) && GOING_SIZES.remove(&tags()));
        assert_eq!(GOING_COUNT.data().rows.len(), 0);
        assert_eq!(GOING_SUM.data().rows.len(), 0);
        assert_eq!(GOING_LAST.data().rows.len(), 0);
        assert_eq!(GOING_SIZES.data().rows.len(), 0);
        assert!(!GOING_COUNT.remove(&tags()), "it is not there any more");
    }
    // Other views keep their rows.
    assert_eq!(GOING_ALL.data().get(&TagMap::new()), Some(&24));
}

#[test]
fn other_rows_stay() {
    let _isolated = isolate();
    for tenant in 0..100 {
        record!(BYTES = tenant, tags(TENANT = tenant));
    }
    let even = |tenant: &u64| tenant.is_multiple_of(2);
    for tenant in (0..100).filter(even) {
        assert!(GOING_SUM.remove(&tags!(TENANT = tenant)));
    }
    for tenant in 100..200 {
        record!(BYTES = tenant, tags(TENANT = tenant));
    }
    let data = GOING_SUM.data();
    assert_eq!(data.rows.len(), 150);
    for tenant in 0..200 {
        let sum = data.get(&tags!(TENANT = tenant));
        let is_there = tenant >= 100 || !even(&tenant);
        assert_eq!(sum.is_some(), is_there, "{tenant}");
        assert!(sum.is_none_or(|sum| *sum == tenant), "{tenant}: {sum:?}");
    }
}

#[test]
fn tags_that_are_no_columns_do_not_matter_and_a_missing_one_is_empty() {
    let _isolated = isolate();
    BYTES.record(1);
    assert!(!GOING_SUM.remove(&tags!(TENANT = "a")));
    assert!(GOING_SUM.remove(&tags!(PLAN = Plan::Free)));
    assert_eq!(GOING_SUM.data().rows.len(), 0);
    let unregistered = GOING_SUM.unregister();
    assert!(unregistered && !GOING_SUM.remove(&TagMap::new()));
    assert_eq!(GOING_SUM.clear(), 0);
}

#[test]
fn rows_that_are_there_from_the_start_are_set_to_zero() {
    let _isolated = isolate();
    record!(BYTES = 7, tags(PLAN = Plan::Paid));
    assert!(GOING_ALL.remove(&TagMap::new()));
    assert_eq!(GOING_ALL.data().get(&TagMap::new()), Some(&0));
    assert!(GOING_BY_PLAN.remove(&tags!(PLAN = Plan::Paid)));
    record!(BYTES = 1, tags(PLAN = Plan::Paid));
    record!(BYTES = 2, tags(PLAN = Plan::Free));
    let sums = |plan| GOING_BY_PLAN.data().get(&tags!(PLAN = plan)).copied();
    assert!(sums(Plan::Paid).is_some_and(|sum| sum == 1));
    assert!(sums(Plan::Free).is_some_and(|sum| sum == 2));
    // The measurement without a plan has a row, which was not there from the start.
    BYTES.record(1);
    assert_eq!(GOING_BY_PLAN.data().rows.len(), 3);
    assert_eq!(GOING_BY_PLAN.clear(), 3);
    let data = GOING_BY_PLAN.data();
    assert_eq!(data.rows.len(), 2);
    assert!(data.rows.iter().all(|row| row.data == 0));
    assert_eq!(GOING_ALL.clear(), 1);
    BYTES.record(1);
    assert_eq!(GOING_ALL.data().get(&TagMap::new()), Some(&1));
}

#[test]
fn a_removed_row_makes_room_and_the_overflow_row_can_be_removed() {
    let _isolated = isolate();
    let overflow = || tags!(TENANT = "_overflow");
    for tenant in ["a", "b", "c"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    assert_eq!(GOING_COUNT.data().get(&overflow()), Some(&1));
    assert!(GOING_COUNT.remove(&tags!(TENANT = "a")));
    record!(BYTES = 1, tags(TENANT = "c"));
    record!(BYTES = 1, tags(TENANT = "a"));
    let data = GOING_COUNT.data();
    assert_eq!(data.get(&tags!(TENANT = "c")), Some(&1));
    assert_eq!(data.get(&overflow()), Some(&2), "there is no room for `a`");
    assert_eq!(data.overflowed, 2);
    assert!(GOING_COUNT.remove(&overflow()));
    assert_eq!(GOING_COUNT.data().rows.len(), 2);
    // It did not count, so there is still no room.
    record!(BYTES = 1, tags(TENANT = "d"));
    assert_eq!(GOING_COUNT.data().get(&overflow()), Some(&1));
    assert_eq!(GOING_COUNT.clear(), 3);
    assert_eq!(GOING_COUNT.data().rows.len(), 0);
    for tenant in ["d", "e"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    let data = GOING_COUNT.data();
    assert_eq!((data.rows.len(), data.get(&overflow())), (2, None));
    assert_eq!(data.overflowed, 3, "a count does not fall");
}

#[test]
fn an_overflow_row_keeps_its_closed_columns_and_is_removed_by_them() {
    let _isolated = isolate();
    for tenant in ["a", "b", "c"] {
        record!(BYTES = 1, tags(PLAN = Plan::Paid, TENANT = tenant));
    }
    record!(BYTES = 1, tags(PLAN = Plan::Free, TENANT = "a"));
    let view = &GOING_BY_PLAN_AND_TENANT;
    let of = |plan| tags!(PLAN = plan, TENANT = "_overflow");
    assert!(view.remove(&of(Plan::Paid)) && !view.remove(&of(Plan::Paid)));
    assert_eq!(view.data().get(&of(Plan::Free)), Some(&1));
    assert_eq!(view.data().rows.len(), 3);
}

#[test]
fn rows_are_removed_by_some_of_their_tags() {
    let _isolated = isolate();
    let view = &GOING_BY_PLAN_AND_TENANT;
    record!(BYTES = 1, tags(PLAN = Plan::Paid, TENANT = "a"));
    record!(BYTES = 1, tags(PLAN = Plan::Free, TENANT = "a"));
    // There is no room for it.
    record!(BYTES = 1, tags(PLAN = Plan::Free, TENANT = "b"));
    assert_eq!(view.remove_all(&tags!(TENANT = "b")), 0);
    assert_eq!(view.remove_all(&tags!(TENANT = "a")), 2);
    record!(BYTES = 1, tags(PLAN = Plan::Free, TENANT = "b"));
    record!(BYTES = 1, tags(TENANT = "b"));
    let rest = view.data();
    assert_eq!(rest.rows.len(), 3);
    assert_eq!(rest.get(&tags!(PLAN = Plan::Free, TENANT = "b")), Some(&1));
    assert_eq!(view.remove_all(&tags!(PLAN = Plan::Free)), 2);
    assert_eq!(view.remove_all(&TagMap::new()), 1);
    assert_eq!(view.data().rows.len(), 0);
    // Rows that are there from the start are there again.
    record!(BYTES = 7, tags(PLAN = Plan::Paid));
    assert_eq!(GOING_BY_PLAN.remove_all(&tags!(PLAN = Plan::Paid)), 1);
    let sum = GOING_BY_PLAN.data();
    assert!(
        sum.get(&tags!(PLAN = Plan::Paid))
            .is_some_and(|sum| *sum == 0)
    );
}

#[test]
fn a_total_is_removed_by_some_of_its_tags() {
    let _isolated = isolate();
    let total = TOTAL.observe(|seen| seen.record(5, tags!(TENANT = "a")));
    assert_eq!(GOING_TOTAL.data().rows.len(), 1);
    drop(total);
    assert_eq!(GOING_TOTAL.remove_all(&tags!(TENANT = "b")), 0);
    assert_eq!(GOING_TOTAL.remove_all(&tags!(TENANT = "a")), 1);
    assert_eq!(GOING_TOTAL.data().rows.len(), 0);
}

#[test]
fn other_threads_find_nothing_of_a_removed_row() {
    let _isolated = isolate();
    let tags = || tags!(TENANT = "a");
    let (go, wait) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    thread::scope(|scope| {
        let isolated = TagMap::current();
        scope.spawn(move || {
            isolated.scope(|| {
                for () in wait {
                    record!(BYTES = 1, tags(TENANT = "a"));
                    done.send(()).expect("the test waits");
                }
            });
        });
        for _ in 0..20 {
            go.send(()).expect("the thread waits");
            is_done.recv().expect("the thread has recorded");
            record!(BYTES = 1, tags(TENANT = "a"));
            assert_eq!(GOING_COUNT.data().get(&tags()), Some(&2));
            assert!(GOING_COUNT.remove(&tags()));
        }
        drop(go);
    });
    // The words of the thread that has ended are not folded into a later row.
    record!(BYTES = 1, tags(TENANT = "a"));
    assert_eq!(GOING_COUNT.data().get(&tags()), Some(&1));
}

#[test]
fn words_of_a_thread_that_ends_go_with_the_row() {
    let _isolated = isolate();
    for _ in 0..10 {
        let removed = on_new_thread(|| {
            record!(BYTES = 1, tags(TENANT = "a"));
            GOING_COUNT.remove(&tags!(TENANT = "a"))
        });
        assert!(removed);
        record!(BYTES = 1, tags(TENANT = "a"));
        assert_eq!(GOING_COUNT.data().get(&tags!(TENANT = "a")), Some(&1));
        GOING_COUNT.clear();
    }
}

#[test]
fn a_sum_of_floats_does_not_know_that_of_the_removed_row() {
    let _isolated = isolate();
    for value in [0.5, 0.25] {
        record!(SECONDS = value, tags(TENANT = "a"));
        let sum = GOING_SECONDS.data();
        assert!(
            sum.get(&tags!(TENANT = "a"))
                .is_some_and(|sum| *sum == value)
        );
        assert!(GOING_SECONDS.remove(&tags!(TENANT = "a")));
    }
}

#[test]
fn exemplars_go_with_their_row() {
    let _isolated = isolate();
    let exemplars = || {
        let data = GOING_SIZES.data();
        let row = data.get(&tags!(TENANT = "a"));
        row.map(|row| row.exemplars.iter().flatten().count())
    };
    record!(BYTES = 1, tags(TENANT = "a"), exemplar(trace_id = "x"));
    assert_eq!(exemplars(), Some(1));
    GOING_SIZES.remove(&tags!(TENANT = "a"));
    record!(BYTES = 1, tags(TENANT = "a"));
    assert_eq!(exemplars(), Some(0));
    record!(BYTES = 1, tags(TENANT = "a"), exemplar(trace_id = "y"));
    assert_eq!(exemplars(), Some(1));
}

#[test]
fn what_is_kept_of_an_observed_total_can_be_removed() {
    let _isolated = isolate();
    let total =
        |tenant: &'static str| TOTAL.observe(move |seen| seen.record(5, tags!(TENANT = tenant)));
    let shown = |tenant| GOING_TOTAL.data().get(&tags!(TENANT = tenant)).copied();
    let a = total("a");
    assert!(shown("a").is_some_and(|sum| sum == 5));
    let b = total("b");
    assert!(shown("_overflow").is_some_and(|sum| sum == 5));
    drop(a);
    assert!(shown("a").is_some_and(|sum| sum == 5), "it stays");
    assert!(GOING_TOTAL.remove(&tags!(TENANT = "a")) && !GOING_TOTAL.remove(&tags!(TENANT = "a")));
    assert_eq!(shown("a"), None);
    assert!(
        shown("_overflow").is_some_and(|sum| sum == 5),
        "what is there twice would be wrong"
    );
    assert!(GOING_TOTAL.remove(&tags!(TENANT = "_overflow")));
    assert!(
        shown("b").is_some_and(|sum| sum == 5),
        "there is room for it"
    );
    assert_eq!(shown("_overflow"), None);
    drop(b);
    assert_eq!(GOING_TOTAL.clear(), 1);
    assert_eq!(GOING_TOTAL.data().rows.len(), 0);
}

#[test]
fn a_row_of_a_total_that_is_also_the_overflow_row_makes_room() {
    let _isolated = isolate();
    let total =
        |tenant: &'static str| TOTAL.observe(move |seen| seen.record(5, tags!(TENANT = tenant)));
    let shown = |tenant| GOING_TOTAL.data().get(&tags!(TENANT = tenant)).copied();
    let named_like_it = total("_overflow");
    assert!(shown("_overflow").is_some_and(|sum| sum == 5));
    let a = total("a");
    assert!(shown("_overflow").is_some_and(|sum| sum == 10));
    drop(named_like_it);
    assert!(GOING_TOTAL.remove(&tags!(TENANT = "_overflow")));
    assert!(shown("a").is_some_and(|sum| sum == 5), "there is room");
    drop(a);
}

#[test]
fn rows_that_were_read_cannot_be_removed() {
    let _isolated = isolate();
    let _read = READ.observe(|seen| seen.record(5, tags!(TENANT = "a")));
    assert_eq!(GOING_READ.data().rows.len(), 1);
    assert!(!GOING_READ.remove(&tags!(TENANT = "a")));
    assert_eq!(GOING_READ.clear(), 0);
    assert_eq!(GOING_READ.data().rows.len(), 1);
}

#[test]
fn a_snapshot_has_the_rows_that_are_there() {
    let _isolated = isolate();
    for tenant in ["a", "b", "c"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    GOING_SUM.remove(&tags!(TENANT = "b"));
    record!(BYTES = 1, tags(TENANT = "d"));
    let snapshot = census::snapshot();
    let view = snapshot.view("going_sum").expect("it is registered");
    let tenants = view
        .data
        .rows
        .iter()
        .map(|row| row.tag(&TENANT).unwrap_or("?"));
    assert_eq!(tenants.collect::<Vec<_>>(), ["a", "c", "d"]);
    assert!(
        view.data
            .rows
            .iter()
            .all(|row| matches!(row.data, Data::Sum(sum) if sum == 1))
    );
}

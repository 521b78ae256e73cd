//! The tags of a measurement: its own take precedence over those of the innermost scope, and those over the tags of
//! outer scopes.

use std::time::Duration;

use census::testing::isolate;
use census::{
    Measure, TagKey, TagMap, TagValue, WithTags as _, calls, measure, record, tag, tags, view,
};
use census_tests::polling::poll_once;
use census_tests::rows::{integer, row};
use census_tests::threads::on_new_thread;

#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;
#[measure]
static BYTES: Measure<u64>;
#[measure]
static BOUND: Measure<u64>;

// `A` to `D`: tags of four levels, from the outermost to the innermost.
#[tag]
static A: TagKey;
#[tag]
static B: TagKey;
#[tag]
static C: TagKey;
#[tag]
static D: TagKey;
#[measure]
static LEVELS: Measure<u64>;
#[measure]
static CALL: Measure<Duration>;

view! {
    static BY_LEVEL: Count<LEVELS> by (A, B, C, D);
    static CALLED: Count<CALL> by (A, B, C, D, calls::FUNCTION, calls::RESULT);
    static SENT: Sum<BYTES> by (TENANT, ROUTE);
    static BOUND_SENT: Sum<BOUND> by (TENANT);
}

fn sent(tags: &TagMap) -> Option<i64> {
    row(&SENT, tags).as_ref().map(integer)
}

#[test]
fn innermost_tag_takes_precedence() {
    let _isolated = isolate();
    let outer = tags!(TENANT = "acme", ROUTE = "/outer");
    outer.clone().scope(|| {
        BYTES.record(1);
        let _inner = tags!(ROUTE = "/inner").enter();
        BYTES.record(2);
        record!(BYTES = 4, tags(ROUTE = "/own"));
        record!(BYTES = 8, tags(ROUTE = None::<&str>));
    });
    BYTES.record(16);
    assert_eq!(sent(&outer), Some(1));
    assert_eq!(
        sent(&tags!(TENANT = "acme", ROUTE = "/inner")),
        Some(10),
        "`None` is the same as no tag"
    );
    assert_eq!(sent(&tags!(TENANT = "acme", ROUTE = "/own")), Some(4));
    assert_eq!(sent(&TagMap::new()), Some(16));
}

#[measure(CALL, tags(C = "call", D = "call"))]
#[expect(clippy::unused_async, reason = "an `async` function")]
async fn called() {
    record!(LEVELS = 1, tags(D = "own"));
}

#[measure(CALL, tags(C = "call", D = "call"))]
fn called_directly() {
    record!(LEVELS = 1, tags(D = "own"));
}

#[test]
fn precedence_is_measurement_call_future_scope() {
    let _isolated = isolate();
    let _outermost = tags!(A = "scope", B = "scope", C = "scope", D = "scope").enter();
    let of_future = tags!(
        B = "future",
        C = "future",
        D = "future",
        calls::FUNCTION = "of the scope",
        calls::RESULT = "of the scope"
    );
    assert!(poll_once(called().with_tags(of_future.clone())).is_ready());
    of_future.clone().scope(called_directly);
    // Without a call in between.
    let own = async { record!(LEVELS = 1, tags(D = "own")) };
    assert!(poll_once(own.with_tags(of_future)).is_ready());
    record!(LEVELS = 1, tags(D = None::<&str>));

    let levels = |b, c, d| tags!(A = "scope", B = b, C = c, D = d);
    let counted = BY_LEVEL.data();
    assert_eq!(counted.get(&levels("future", "call", "own")), Some(&2));
    assert_eq!(counted.get(&levels("future", "future", "own")), Some(&1));
    assert_eq!(counted.get(&levels("scope", "scope", "scope")), Some(&1));
    assert_eq!(counted.rows.len(), 3, "{counted:#?}");

    // The measurement of the call itself: the tags of a scope cannot replace its name and its result.
    let calls = CALLED.data();
    for function in ["called", "called_directly"] {
        let _call = levels("future", "call", "call").enter();
        let tags = tags!(calls::FUNCTION = function, calls::RESULT = "ok");
        assert_eq!(calls.get(&tags), Some(&1), "{calls:#?}");
    }
    let called = calls.rows.iter().filter(|row| row.data > 0);
    assert_eq!(called.count(), 2, "{calls:#?}");
}

#[test]
fn new_thread_has_no_tags() {
    let _scope = tags!(TENANT = "main").enter();
    assert!(on_new_thread(|| TagMap::current().is_empty()));
    // A map can be handed to the thread.
    let tags = TagMap::current();
    let tenant = on_new_thread(move || tags.scope(|| TagMap::current().get(&TENANT).cloned()));
    assert_eq!(tenant.as_ref().map(TagValue::as_str), Some("main"));
}

#[test]
fn bound_measure_ignores_scopes() {
    let _isolated = isolate();
    let bound = BOUND.bind(tags!(TENANT = "bound"));
    tags!(TENANT = "scope").scope(|| {
        bound.record(1);
        bound.record(2);
    });
    let sent = || {
        row(&BOUND_SENT, &tags!(TENANT = "bound"))
            .as_ref()
            .map(integer)
    };
    assert_eq!(sent(), Some(3));
    assert_eq!(BOUND_SENT.data().rows.len(), 1);
    // It follows the registration of views.
    assert!(BOUND_SENT.unregister());
    bound.record(4);
    assert!(BOUND_SENT.register().is_ok());
    bound.record(8);
    assert_eq!(sent(), Some(8));
}

//! Which tags a measurement has: its own, over the scope's, over those of outer scopes.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use census::{Measure, TagKey, TagMap, WithTags as _, calls, measure, record, tag, tags, view};

#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;
#[measure]
static BYTES: Measure<u64>;
#[measure]
static BOUND: Measure<u64>;

/// Four levels, from the outermost to the innermost.
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

fn sent(tags: &TagMap) -> Option<u64> {
    let data = SENT.data();
    (0..=1000).find(|bytes| data.get(tags).is_some_and(|sum| sum == bytes))
}

#[test]
fn the_innermost_tag_counts() {
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
        "`None` is as if not written"
    );
    assert_eq!(sent(&tags!(TENANT = "acme", ROUTE = "/own")), Some(4));
    assert_eq!(sent(&TagMap::new()), Some(16));
}

#[measure(CALL, tags(C = "call", D = "call"))]
async fn called() {
    record!(LEVELS = 1, tags(D = "own"));
}

#[measure(CALL, tags(C = "call", D = "call"))]
fn called_at_once() {
    record!(LEVELS = 1, tags(D = "own"));
}

fn run<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_measurements_own_tags_go_over_the_calls_over_the_futures_over_the_scopes() {
    let _outermost = tags!(A = "scope", B = "scope", C = "scope", D = "scope").enter();
    let of_future = tags!(
        B = "future",
        C = "future",
        D = "future",
        calls::FUNCTION = "of the scope",
        calls::RESULT = "of the scope"
    );
    assert!(run(called().with_tags(of_future.clone())).is_ready());
    of_future.clone().scope(called_at_once);
    // Without a call between them.
    let own = async { record!(LEVELS = 1, tags(D = "own")) };
    assert!(run(own.with_tags(of_future)).is_ready());
    record!(LEVELS = 1, tags(D = None::<&str>));

    let row = |b, c, d| tags!(A = "scope", B = b, C = c, D = d);
    let counted = BY_LEVEL.data();
    assert_eq!(counted.get(&row("future", "call", "own")), Some(&2));
    assert_eq!(counted.get(&row("future", "future", "own")), Some(&1));
    assert_eq!(counted.get(&row("scope", "scope", "scope")), Some(&1));
    assert_eq!(counted.rows.len(), 3, "{counted:#?}");

    // The call's own measurement: what it is called is not the scope's to say.
    let calls = CALLED.data();
    for function in ["called", "called_at_once"] {
        let _call = row("future", "call", "call").enter();
        let tags = tags!(calls::FUNCTION = function, calls::RESULT = "ok");
        assert_eq!(calls.get(&tags), Some(&1), "{calls:#?}");
    }
    let begun = calls.rows.iter().filter(|row| row.data > 0);
    assert_eq!(begun.count(), 2, "{calls:#?}");
}

#[test]
fn other_threads_have_a_context_of_their_own() {
    let _scope = tags!(TENANT = "main").enter();
    let other = std::thread::spawn(|| TagMap::current().is_empty()).join();
    assert!(matches!(other, Ok(true)));
    // Handed over, they go along.
    let tags = TagMap::current();
    let handed =
        std::thread::spawn(move || tags.scope(|| TagMap::current().get(&TENANT).cloned())).join();
    assert_eq!(
        handed
            .ok()
            .flatten()
            .map(|value| value.to_string())
            .as_deref(),
        Some("main")
    );
}

#[test]
fn a_bound_measure_has_its_own_tags_and_no_others() {
    let bound = BOUND.bind(tags!(TENANT = "bound"));
    tags!(TENANT = "scope").scope(|| {
        bound.record(1);
        bound.record(2);
    });
    assert!(
        BOUND_SENT
            .data()
            .get(&tags!(TENANT = "bound"))
            .is_some_and(|sum| *sum == 3)
    );
    assert_eq!(BOUND_SENT.data().rows.len(), 1);
    // It notices views that come and go.
    assert!(BOUND_SENT.unregister());
    bound.record(4);
    assert!(BOUND_SENT.register().is_ok());
    bound.record(8);
    assert!(
        BOUND_SENT
            .data()
            .get(&tags!(TENANT = "bound"))
            .is_some_and(|sum| *sum == 8)
    );
}

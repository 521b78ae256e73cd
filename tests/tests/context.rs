//! Which tags a measurement has: its own, over the scope's, over those of outer scopes.

use census::{Measure, TagKey, TagMap, measure, record, tag, tags, view};

#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;
#[measure]
static BYTES: Measure<u64>;
#[measure]
static BOUND: Measure<u64>;

view! {
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
    assert_eq!(sent(&TagMap::empty()), Some(16));
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

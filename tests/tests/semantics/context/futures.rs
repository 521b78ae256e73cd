//! The tags of a future or a stream are current while it is polled and while it is dropped, and nowhere else.

use std::future::{poll_fn, ready};
use std::marker::PhantomPinned;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use census::{Scope, StreamWithTags, TagKey, TagMap, TagValue, Tagged, WithTags as _, tag, tags};
use census_tests::polling::{pending_times, poll, poll_once};
use census_tests::threads::on_new_thread;
use futures_util::future::FusedFuture as _;
use futures_util::stream::{self, FusedStream as _, Stream, StreamExt as _};

#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;

fn tenant() -> Option<String> {
    TagMap::current().get(&TENANT).map(TagValue::to_string)
}

#[expect(clippy::unnecessary_wraps, reason = "compared with an `Option`")]
fn some(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// The tenants that were current when values were dropped.
#[derive(Clone, Default)]
struct TenantsAtDrop(Arc<Mutex<Vec<Option<String>>>>);

impl TenantsAtDrop {
    fn get(&self) -> Vec<Option<String>> {
        self.0.lock().map(|seen| seen.clone()).unwrap_or_default()
    }
}

/// Stores the current tenant when it is dropped.
struct SeeTenantAtDrop(TenantsAtDrop);

impl Drop for SeeTenantAtDrop {
    fn drop(&mut self) {
        if let Ok(mut seen) = self.0.0.lock() {
            seen.push(tenant());
        }
    }
}

/// Returns the current tenants of its first and of its second poll.
async fn tenant_twice(at_drop: TenantsAtDrop) -> [Option<String>; 2] {
    let _see = SeeTenantAtDrop(at_drop);
    let before = tenant();
    pending_times(1).await;
    [before, tenant()]
}

#[test]
fn current_during_every_poll_and_drop() {
    let (ended, cancelled) = (TenantsAtDrop::default(), TenantsAtDrop::default());
    {
        let mut one = pin!(tenant_twice(ended.clone()).with_tags(tags!(TENANT = "one")));
        let mut other = pin!(tenant_twice(cancelled.clone()).with_tags(tags!(TENANT = "other")));
        let _outer = tags!(TENANT = "outer").enter();
        assert!(poll(one.as_mut()).is_pending());
        assert!(poll(other.as_mut()).is_pending());
        assert_eq!(tenant(), some("outer"));
        assert_eq!(poll(one.as_mut()), Poll::Ready([some("one"), some("one")]));
        assert_eq!(tenant(), some("outer"));
    }
    assert_eq!(ended.get(), [some("one")]);
    assert_eq!(
        cancelled.get(),
        [some("other")],
        "dropped while it was pending"
    );
    let never_polled = SeeTenantAtDrop(TenantsAtDrop::default());
    let at_drop = never_polled.0.clone();
    drop(async move { drop(never_polled) }.with_tags(tags!(TENANT = "new")));
    assert_eq!(
        at_drop.get(),
        [some("new")],
        "dropped before its first poll"
    );
    assert_eq!(tenant(), None);
}

#[test]
fn empty_map_hides_current_tags() {
    let _outer = tags!(TENANT = "outer").enter();
    let hidden = poll_once(async { tenant() }.with_tags(TagMap::new()));
    assert_eq!(hidden, Poll::Ready(None));
    assert_eq!(tenant(), some("outer"));
}

#[test]
fn innermost_map_replaces_outer_maps() {
    let both = async { (tenant(), TagMap::current().len()) };
    let inner = both.with_tags(tags!(TENANT = "inner"));
    let outer = inner.with_tags(tags!(TENANT = "outer", ROUTE = "/"));
    assert_eq!(poll_once(outer), Poll::Ready((some("inner"), 1)));
}

#[test]
fn panic_in_poll_restores_the_context() {
    let at_drop = TenantsAtDrop::default();
    let see = SeeTenantAtDrop(at_drop.clone());
    let mut future = Box::pin(
        async move {
            let _see = see;
            pending_times(1).await;
            // A scope that is open when the future panics.
            let _scope = tags!(TENANT = "innermost").enter();
            panic!("on purpose");
        }
        .with_tags(tags!(TENANT = "panics")),
    );
    let _outer = tags!(TENANT = "outer").enter();
    assert!(poll(future.as_mut()).is_pending());
    let caught = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut())));
    assert!(caught.is_err());
    assert_eq!(tenant(), some("outer"));
    assert_eq!(at_drop.get(), [some("panics")]);
    drop(future);
    assert_eq!(tenant(), some("outer"));
}

#[test]
fn panic_in_drop_restores_the_context() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("on purpose, with {:?}", tenant());
        }
    }
    let _outer = tags!(TENANT = "outer").enter();
    let panics = Panics;
    let future = async move { drop(panics) }.with_tags(tags!(TENANT = "inner"));
    let caught = catch_unwind(AssertUnwindSafe(|| drop(future)));
    let panic = caught.expect_err("the destructor panics");
    assert_eq!(
        panic.downcast_ref::<String>().map(String::as_str),
        Some("on purpose, with Some(\"inner\")")
    );
    assert_eq!(tenant(), some("outer"));
}

#[test]
fn scope_held_across_await_does_not_leak() {
    let holds = async {
        let _guard = tags!(TENANT = "held").enter();
        let before = tenant();
        pending_times(1).await;
        (before, tenant())
    };
    let mut holds = Box::pin(holds.with_tags(tags!(TENANT = "own")));
    let _outer = tags!(TENANT = "outer").enter();
    assert!(poll(holds.as_mut()).is_pending());
    assert_eq!(tenant(), some("outer"));
    assert_eq!(
        poll(holds.as_mut()),
        Poll::Ready((some("held"), some("own")))
    );
    assert_eq!(tenant(), some("outer"));

    let forgets = async { std::mem::forget(tags!(TENANT = "forgotten").enter()) };
    assert!(poll_once(forgets.with_tags(tags!(TENANT = "own"))).is_ready());
    assert_eq!(tenant(), some("outer"));
}

#[test]
fn tags_move_to_another_thread() {
    let at_drop = TenantsAtDrop::default();
    let mut future = Box::pin(tenant_twice(at_drop.clone()).with_tags(tags!(TENANT = "moves")));
    assert!(poll(future.as_mut()).is_pending());
    let polled = on_new_thread(move || (poll(future.as_mut()), tenant()));
    assert_eq!(polled, (Poll::Ready([some("moves"), some("moves")]), None));
    assert_eq!(at_drop.get(), [some("moves")]);
}

#[test]
fn polls_after_ready_reach_the_inner_future() {
    let mut polls = 0;
    let counts = poll_fn(|_| {
        polls += 1;
        Poll::Ready(polls)
    });
    let mut counts = counts.with_tags(TagMap::current());
    assert_eq!(poll(Pin::new(&mut counts)), Poll::Ready(1));
    assert_eq!(poll(Pin::new(&mut counts)), Poll::Ready(2));

    let mut fused = futures_util::FutureExt::fuse(ready(1)).with_tags(TagMap::current());
    assert!(!fused.is_terminated());
    assert_eq!(poll(Pin::new(&mut fused)), Poll::Ready(1));
    assert!(fused.is_terminated());
    assert!(poll(Pin::new(&mut fused)).is_pending());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn join_and_select_in_one_task() {
    let at_drop = TenantsAtDrop::default();
    let inner = async {
        let (one, other, own) = tokio::join!(
            tenant_twice(TenantsAtDrop::default()).with_tags(tags!(TENANT = "one")),
            tenant_twice(TenantsAtDrop::default()).with_tags(tags!(TENANT = "other")),
            tenant_twice(TenantsAtDrop::default()),
        );
        assert_eq!(one, [some("one"), some("one")]);
        assert_eq!(other, [some("other"), some("other")]);
        assert_eq!(own, [some("task"), some("task")]);
        let loser = async {
            let _see = SeeTenantAtDrop(at_drop.clone());
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            () = loser.with_tags(tags!(TENANT = "loser")) => unreachable!("the loser is pending"),
            both = tenant_twice(TenantsAtDrop::default()) => assert_eq!(both, [some("task"), some("task")]),
        }
        let mut fused = pin!(
            futures_util::FutureExt::fuse(tenant_twice(TenantsAtDrop::default()))
                .with_tags(tags!(TENANT = "fused"))
        );
        futures_util::select! {
            both = fused => assert_eq!(both, [some("fused"), some("fused")]),
        }
        tenant()
    };
    assert_eq!(inner.with_tags(tags!(TENANT = "task")).await, some("task"));
    assert_eq!(at_drop.get(), [some("loser")]);
    assert_eq!(tenant(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spawned_task_has_only_its_own_tags() {
    let parent = async {
        let bare = tokio::spawn(async { tenant() }).await;
        let given = tokio::spawn(async { tenant() }.with_tags(TagMap::current())).await;
        (bare.ok().flatten(), given.ok().flatten())
    };
    let parent = tokio::spawn(parent.with_tags(tags!(TENANT = "parent"))).await;
    assert_eq!(parent.ok(), Some((None, some("parent"))));
}

#[test]
fn tags_of_a_stream_are_not_those_of_its_consumer() {
    let at_drop = TenantsAtDrop::default();
    let see = SeeTenantAtDrop(at_drop.clone());
    let items = stream::iter(0..3).map(move |number| {
        let _ = &see;
        (number, tenant())
    });
    let mut items = items.fuse().with_tags(tags!(TENANT = "stream"));
    assert_eq!(items.size_hint(), (3, Some(3)));
    assert!(!items.is_terminated());
    let mut cx = Context::from_waker(Waker::noop());
    for number in 0..3 {
        let item = Pin::new(&mut items).poll_next(&mut cx);
        assert_eq!(item, Poll::Ready(Some((number, some("stream")))));
        assert_eq!(tenant(), None);
    }
    assert_eq!(Pin::new(&mut items).poll_next(&mut cx), Poll::Ready(None));
    assert!(items.is_terminated());
    drop(items);
    assert_eq!(at_drop.get(), [some("stream")]);
}

#[test]
fn ending_thread_polls_with_the_tags() {
    struct PollAtThreadEnd(Arc<Mutex<Vec<String>>>);
    impl Drop for PollAtThreadEnd {
        fn drop(&mut self) {
            let mut future =
                Box::pin(tenant_twice(TenantsAtDrop::default()).with_tags(tags!(TENANT = "end")));
            let polled = poll(future.as_mut());
            let entered = tags!(TENANT = "entered").scope(tenant);
            if let Ok(mut seen) = self.0.lock() {
                seen.push(format!("{polled:?} {entered:?} {future:?}"));
            }
        }
    }
    thread_local! {
        static END: std::cell::RefCell<Option<PollAtThreadEnd>> = const { std::cell::RefCell::new(None) };
    }
    let seen = Arc::default();
    let seen_by_thread = Arc::clone(&seen);
    let alive = on_new_thread(move || {
        END.with_borrow_mut(|end| *end = Some(PollAtThreadEnd(seen_by_thread)));
        tags!(TENANT = "alive").scope(tenant)
    });
    assert_eq!(alive, some("alive"));
    let seen = seen.lock().map(|seen| seen.clone()).unwrap_or_default();
    assert_eq!(
        seen,
        [r#"Pending Some("entered") Tagged { tags: {"tenant": "end"}, .. }"#]
    );
}

#[test]
fn size_is_that_of_the_tags_and_a_word_more() {
    let bare = tenant_twice(TenantsAtDrop::default());
    let size = size_of_val(&bare);
    let tagged = bare.with_tags(TagMap::new());
    // The word is for whether the future is being dropped. The tags are one word and, with the feature `testing`, three.
    assert!(size_of_val(&tagged) <= size + size_of::<TagMap>() + size_of::<usize>());
    assert!(size_of::<TagMap>() <= 3 * size_of::<usize>());
}

/// Compiles only if a type does not implement a trait: otherwise `_` would be ambiguous.
macro_rules! is_not {
    ($type:ty, $trait:path) => {{
        trait Ambiguous<Which> {
            fn name() {}
        }
        impl<T> Ambiguous<()> for T {}
        struct Is;
        impl<T: $trait> Ambiguous<Is> for T {}
        <$type as Ambiguous<_>>::name();
    }};
}

#[test]
fn auto_traits_of_the_inner_type() {
    fn is<T: Send + Sync + Unpin>() {}
    is::<Tagged<u8>>();
    is_not!(Tagged<*const u8>, Send);
    is_not!(Tagged<std::cell::Cell<u8>>, Sync);
    is_not!(Tagged<PhantomPinned>, Unpin);
    is_not!(Scope, Send);
    is_not!(Scope, Sync);
}

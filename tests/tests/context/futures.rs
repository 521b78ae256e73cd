//! The tags of a future or a stream are current whenever it is polled and when it is dropped, and nowhere else.

use std::future::{Future, poll_fn, ready};
use std::marker::PhantomPinned;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use census::{Scope, StreamWithTags, TagKey, TagMap, TagValue, Tagged, WithTags as _, tag, tags};
use futures_util::future::FusedFuture as _;
use futures_util::stream::{self, FusedStream as _, Stream, StreamExt as _};

#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;

fn tenant() -> Option<String> {
    TagMap::current().get(&TENANT).map(TagValue::to_string)
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with an `Option`")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Is pending once.
async fn pause() {
    let mut paused = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut paused, true) {
            Poll::Ready(())
        } else {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

/// Tells in its destructor who is current.
#[derive(Clone, Default)]
struct Tells(Arc<Mutex<Vec<Option<String>>>>);

impl Tells {
    fn told(&self) -> Vec<Option<String>> {
        self.0.lock().map(|told| told.clone()).unwrap_or_default()
    }
}

struct Teller(Tells);

impl Drop for Teller {
    fn drop(&mut self) {
        if let Ok(mut told) = self.0.0.lock() {
            told.push(tenant());
        }
    }
}

async fn asks_twice(tells: Tells) -> [Option<String>; 2] {
    let _teller = Teller(tells);
    let before = tenant();
    pause().await;
    [before, tenant()]
}

#[test]
fn tags_are_current_around_every_poll_and_in_the_destructor() {
    let (ended, cancelled) = (Tells::default(), Tells::default());
    {
        let mut one = pin!(asks_twice(ended.clone()).with_tags(tags!(TENANT = "one")));
        let mut other = pin!(asks_twice(cancelled.clone()).with_tags(tags!(TENANT = "other")));
        let _outer = tags!(TENANT = "outer").enter();
        assert!(poll(one.as_mut()).is_pending());
        assert!(poll(other.as_mut()).is_pending());
        assert_eq!(tenant(), text("outer"));
        assert_eq!(poll(one.as_mut()), Poll::Ready([text("one"), text("one")]));
        assert_eq!(tenant(), text("outer"));
    }
    assert_eq!(ended.told(), [text("one")]);
    assert_eq!(cancelled.told(), [text("other")], "dropped while it waited");
    let never_polled = Teller(Tells::default());
    let tells = never_polled.0.clone();
    drop(async move { drop(never_polled) }.with_tags(tags!(TENANT = "new")));
    assert_eq!(tells.told(), [text("new")], "dropped before it began");
    assert_eq!(tenant(), None);
}

#[test]
fn an_empty_set_hides_what_is_current() {
    let _outer = tags!(TENANT = "outer").enter();
    let hidden = poll(pin!(async { tenant() }.with_tags(TagMap::new())));
    assert_eq!(hidden, Poll::Ready(None));
    assert_eq!(tenant(), text("outer"));
}

#[test]
fn the_innermost_set_counts_as_it_was_made() {
    let both = async { (tenant(), TagMap::current().len()) };
    let inner = both.with_tags(tags!(TENANT = "inner"));
    let outer = inner.with_tags(tags!(TENANT = "outer", ROUTE = "/"));
    assert_eq!(poll(pin!(outer)), Poll::Ready((text("inner"), 1)));
}

#[test]
fn a_panic_in_a_poll_leaves_the_context_as_it_was() {
    let tells = Tells::default();
    let teller = Teller(tells.clone());
    let mut future = Box::pin(
        async move {
            let _teller = teller;
            pause().await;
            // What a panic finds open is closed by it.
            let _scope = tags!(TENANT = "innermost").enter();
            panic!("on purpose");
        }
        .with_tags(tags!(TENANT = "panics")),
    );
    let _outer = tags!(TENANT = "outer").enter();
    assert!(poll(future.as_mut()).is_pending());
    let caught = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut())));
    assert!(caught.is_err());
    assert_eq!(tenant(), text("outer"));
    assert_eq!(tells.told(), [text("panics")]);
    drop(future);
    assert_eq!(tenant(), text("outer"));
}

#[test]
fn a_panic_in_a_destructor_leaves_the_context_as_it_was() {
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
    let said = caught.expect_err("it panics");
    assert_eq!(
        said.downcast_ref::<String>().map(String::as_str),
        Some("on purpose, with Some(\"inner\")")
    );
    assert_eq!(tenant(), text("outer"));
}

#[test]
fn a_guard_held_across_an_await_ends_there_and_leaks_nowhere() {
    let holds = async {
        let _guard = tags!(TENANT = "held").enter();
        let before = tenant();
        pause().await;
        (before, tenant())
    };
    let mut holds = Box::pin(holds.with_tags(tags!(TENANT = "own")));
    let _outer = tags!(TENANT = "outer").enter();
    assert!(poll(holds.as_mut()).is_pending());
    assert_eq!(tenant(), text("outer"));
    assert_eq!(
        poll(holds.as_mut()),
        Poll::Ready((text("held"), text("own")))
    );
    assert_eq!(tenant(), text("outer"));

    let forgets = async { std::mem::forget(tags!(TENANT = "forgotten").enter()) };
    assert!(poll(pin!(forgets.with_tags(tags!(TENANT = "own")))).is_ready());
    assert_eq!(tenant(), text("outer"));
}

#[test]
fn polled_on_another_thread_it_has_its_tags() {
    let tells = Tells::default();
    let mut future = Box::pin(asks_twice(tells.clone()).with_tags(tags!(TENANT = "moves")));
    assert!(poll(future.as_mut()).is_pending());
    let polled = thread::spawn(move || (poll(future.as_mut()), tenant())).join();
    assert_eq!(
        polled.ok(),
        Some((Poll::Ready([text("moves"), text("moves")]), None))
    );
    assert_eq!(tells.told(), [text("moves")]);
}

#[test]
fn ready_futures_are_polled_again_as_the_inner_one_likes() {
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
async fn join_and_select_inside_one_task() {
    let tells = Tells::default();
    let inner = async {
        let (one, other, own) = tokio::join!(
            asks_twice(Tells::default()).with_tags(tags!(TENANT = "one")),
            asks_twice(Tells::default()).with_tags(tags!(TENANT = "other")),
            asks_twice(Tells::default()),
        );
        assert_eq!(one, [text("one"), text("one")]);
        assert_eq!(other, [text("other"), text("other")]);
        assert_eq!(own, [text("task"), text("task")]);
        let loser = async {
            let _teller = Teller(tells.clone());
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            () = loser.with_tags(tags!(TENANT = "loser")) => unreachable!("it is pending"),
            both = asks_twice(Tells::default()) => assert_eq!(both, [text("task"), text("task")]),
        }
        let mut fused = pin!(
            futures_util::FutureExt::fuse(asks_twice(Tells::default()))
                .with_tags(tags!(TENANT = "fused"))
        );
        futures_util::select! {
            both = fused => assert_eq!(both, [text("fused"), text("fused")]),
        }
        tenant()
    };
    assert_eq!(inner.with_tags(tags!(TENANT = "task")).await, text("task"));
    assert_eq!(tells.told(), [text("loser")]);
    assert_eq!(tenant(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spawned_task_has_the_tags_that_it_is_given_and_no_others() {
    let parent = async {
        let bare = tokio::spawn(async { tenant() }).await;
        let given = tokio::spawn(async { tenant() }.with_tags(TagMap::current())).await;
        (bare.ok().flatten(), given.ok().flatten())
    };
    let parent = tokio::spawn(parent.with_tags(tags!(TENANT = "parent"))).await;
    assert_eq!(parent.ok(), Some((None, text("parent"))));
}

#[test]
fn streams_have_their_tags_and_what_is_done_with_the_items_has_not() {
    let tells = Tells::default();
    let teller = Teller(tells.clone());
    let items = stream::iter(0..3).map(move |number| {
        let _ = &teller;
        (number, tenant())
    });
    let mut items = items.fuse().with_tags(tags!(TENANT = "stream"));
    assert_eq!(items.size_hint(), (3, Some(3)));
    assert!(!items.is_terminated());
    let mut cx = Context::from_waker(Waker::noop());
    for number in 0..3 {
        let item = Pin::new(&mut items).poll_next(&mut cx);
        assert_eq!(item, Poll::Ready(Some((number, text("stream")))));
        assert_eq!(tenant(), None);
    }
    assert_eq!(Pin::new(&mut items).poll_next(&mut cx), Poll::Ready(None));
    assert!(items.is_terminated());
    drop(items);
    assert_eq!(tells.told(), [text("stream")]);
}

#[test]
fn a_thread_that_is_ending_has_no_context_and_polls_all_the_same() {
    struct AtTheEnd(Arc<Mutex<Vec<String>>>);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            let mut future =
                Box::pin(asks_twice(Tells::default()).with_tags(tags!(TENANT = "end")));
            let polled = poll(future.as_mut());
            let entered = tags!(TENANT = "entered").scope(tenant);
            if let Ok(mut told) = self.0.lock() {
                // The tags are still its own: on another thread they would be current again.
                told.push(format!("{polled:?} {entered:?} {future:?}"));
            }
        }
    }
    thread_local! {
        static END: std::cell::RefCell<Option<AtTheEnd>> = const { std::cell::RefCell::new(None) };
    }
    let told = Arc::default();
    let tells = Arc::clone(&told);
    let thread = thread::spawn(move || {
        END.with_borrow_mut(|end| *end = Some(AtTheEnd(tells)));
        // Registered later, so destroyed earlier.
        tags!(TENANT = "alive").scope(tenant)
    });
    assert_eq!(thread.join().ok().flatten(), text("alive"));
    let told = told.lock().map(|told| told.clone()).unwrap_or_default();
    assert_eq!(
        told,
        [r#"Pending None Tagged { tags: {"tenant": "end"}, .. }"#]
    );
}

#[test]
fn it_is_two_words_larger_than_what_it_wraps() {
    let bare = asks_twice(Tells::default());
    let size = size_of_val(&bare);
    let tagged = bare.with_tags(TagMap::new());
    // The tags, and whether it is being dropped.
    assert!(size_of_val(&tagged) <= size + 2 * size_of::<usize>());
}

/// Compiles only if a type is not of a trait: otherwise `_` could be either.
macro_rules! is_not {
    ($type:ty, $trait:path) => {{
        trait Either<Which> {
            fn or() {}
        }
        impl<T> Either<()> for T {}
        struct Is;
        impl<T: $trait> Either<Is> for T {}
        <$type as Either<_>>::or();
    }};
}

#[test]
fn it_is_what_it_wraps() {
    fn is<T: Send + Sync + Unpin>() {}
    is::<Tagged<u8>>();
    is_not!(Tagged<*const u8>, Send);
    is_not!(Tagged<std::cell::Cell<u8>>, Sync);
    is_not!(Tagged<PhantomPinned>, Unpin);
    is_not!(Scope, Send);
    is_not!(Scope, Sync);
}

//! The tags of a call are current in the body of a function and during every poll of a future, and nowhere else.

use std::pin::{Pin, pin};
use std::task::Poll;

use census::{TagKey, TagMap, TagValue, measure, tag, tags};
use census_tests::polling::{pending_times, poll, poll_once};

#[tag]
static ROUTE: TagKey;
#[tag]
static TENANT: TagKey;

fn current(key: &TagKey) -> Option<String> {
    TagMap::current().get(key).map(TagValue::to_string)
}

/// Writes the current `ROUTE` into its field when it is dropped.
struct RouteAtDrop<'a>(&'a mut Option<String>);

impl Drop for RouteAtDrop<'_> {
    fn drop(&mut self) {
        *self.0 = current(&ROUTE);
    }
}

#[measure(tags(ROUTE = route))]
fn plain(route: &str) -> Option<String> {
    current(&ROUTE)
}

#[measure(tags(ROUTE = request.0, TENANT = *tenant))]
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "a tag's value behind a reference"
)]
#[expect(clippy::unnecessary_wraps, reason = "a fallible function")]
fn fallible(
    request: (String, u8),
    tenant: &u8,
    _at_drop: RouteAtDrop<'_>,
) -> Result<[Option<String>; 2], ()> {
    drop(request);
    Ok([current(&ROUTE), current(&TENANT)])
}

#[measure(tags(ROUTE = route, TENANT = first))]
#[expect(clippy::unnecessary_wraps, reason = "a fallible function")]
fn destructured((first, _): (u8, String), [route]: [String; 1]) -> Result<[Option<String>; 2], ()> {
    Ok([
        current(&ROUTE),
        current(&TENANT).filter(|_| !route.is_empty() && first > 0),
    ])
}

#[measure(tags(ROUTE = route))]
#[track_caller]
fn tracked(route: &str) -> Result<String, ()> {
    current(&ROUTE).ok_or(())
}

struct Server {
    tenant: String,
}

#[measure(tags(TENANT = self.tenant))]
impl Server {
    fn serve(&self) -> Option<String> {
        current(&TENANT)
    }

    #[measure(tags(ROUTE = "own", TENANT = "replaced"))]
    #[expect(clippy::unnecessary_wraps, reason = "a fallible function")]
    fn own(self) -> Result<[Option<String>; 2], ()> {
        drop(self);
        Ok([current(&ROUTE), current(&TENANT)])
    }

    async fn later(self: Box<Self>) -> Option<String> {
        drop(self);
        pending_times(1).await;
        current(&TENANT)
    }

    fn boxed(&self) -> Pin<Box<dyn Future<Output = Option<String>> + '_>> {
        Box::pin(async move {
            pending_times(1).await;
            current(&TENANT).filter(|tenant| *tenant == self.tenant)
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "compared with an `Option`")]
fn some(value: &str) -> Option<String> {
    Some(value.to_owned())
}

#[test]
fn current_in_the_body_only() {
    let outer = tags!(ROUTE = "outer", TENANT = "outer").enter();
    assert_eq!(plain("/plain"), some("/plain"));
    let mut at_drop = None;
    let both = fallible(("/both".to_owned(), 1), &7, RouteAtDrop(&mut at_drop));
    assert_eq!(both, Ok([some("/both"), some("7")]));
    assert_eq!(
        at_drop,
        some("/both"),
        "arguments are dropped during the call"
    );
    let both = destructured((5, String::new()), ["/parts".to_owned()]);
    assert_eq!(both, Ok([some("/parts"), some("5")]));
    assert_eq!(tracked("/tracked").as_deref(), Ok("/tracked"));
    let server = || Server {
        tenant: "acme".to_owned(),
    };
    assert_eq!(server().serve(), some("acme"));
    assert_eq!(server().own(), Ok([some("own"), some("replaced")]));
    assert_eq!(current(&ROUTE), some("outer"));
    drop(outer);
    assert!(TagMap::current().is_empty());
}

#[measure(tags(ROUTE = route))]
async fn waits(route: String, at_drop: RouteAtDrop<'_>) -> [Option<String>; 2] {
    let before = current(&ROUTE);
    pending_times(1).await;
    let _at_drop = at_drop;
    pending_times(1).await;
    [before, current(&ROUTE)]
}

#[test]
fn current_during_every_poll() {
    let (mut one_at_drop, mut other_at_drop) = (None, None);
    {
        let mut one = pin!(waits("/one".to_owned(), RouteAtDrop(&mut one_at_drop)));
        let mut other = pin!(waits("/other".to_owned(), RouteAtDrop(&mut other_at_drop)));
        for _ in 0..2 {
            tags!(ROUTE = "outer").scope(|| {
                assert!(poll(one.as_mut()).is_pending());
                assert!(poll(other.as_mut()).is_pending());
                assert_eq!(current(&ROUTE), some("outer"));
            });
            assert_eq!(current(&ROUTE), None);
        }
        assert_eq!(
            poll(one.as_mut()),
            Poll::Ready([some("/one"), some("/one")])
        );
    }
    assert_eq!(one_at_drop, some("/one"));
    assert_eq!(other_at_drop, some("/other"), "a cancelled future");
    assert!(TagMap::current().is_empty());
}

#[test]
fn async_methods() {
    let server = || Server {
        tenant: "acme".to_owned(),
    };
    let mut later = pin!(Box::new(server()).later());
    assert!(poll(later.as_mut()).is_pending());
    assert_eq!(poll(later.as_mut()), Poll::Ready(some("acme")));
    let server = server();
    let mut boxed = server.boxed();
    assert!(poll(boxed.as_mut()).is_pending());
    assert_eq!(poll(boxed.as_mut()), Poll::Ready(some("acme")));
}

#[measure(tags(ROUTE = { *evaluated += 1; "late" }))]
#[expect(clippy::unused_async, reason = "an `async` function")]
async fn evaluates(evaluated: &mut u8) -> u8 {
    *evaluated
}

#[test]
fn evaluated_at_the_first_poll() {
    let mut evaluated = 0;
    drop(evaluates(&mut evaluated));
    assert_eq!(evaluated, 0);
    assert_eq!(poll_once(evaluates(&mut evaluated)), Poll::Ready(1));
}

#[measure(tags(ROUTE = "call"))]
async fn holds_a_guard() -> [Option<String>; 2] {
    let _guard = tags!(ROUTE = "held").enter();
    let before = current(&ROUTE);
    pending_times(1).await;
    [before, current(&ROUTE)]
}

#[test]
fn scope_held_across_await_does_not_leak() {
    let mut call = Box::pin(holds_a_guard());
    assert!(poll(call.as_mut()).is_pending());
    assert_eq!(current(&ROUTE), None);
    let routes = ["held", "call"].map(some);
    assert_eq!(poll(call.as_mut()), Poll::Ready(routes));
    assert_eq!(current(&ROUTE), None);
}

//! The tags of a call are current in its body, around every poll of a future, and nowhere else.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use census::{TagKey, TagMap, TagValue, measure, tag, tags};

#[tag]
static ROUTE: TagKey;
#[tag]
static TENANT: TagKey;

fn current(key: &TagKey) -> Option<String> {
    TagMap::current().get(key).map(TagValue::to_string)
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Is pending once.
#[derive(Default)]
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// Tells in its destructor what is current.
struct Tells<'a>(&'a mut Option<String>);

impl Drop for Tells<'_> {
    fn drop(&mut self) {
        *self.0 = current(&ROUTE);
    }
}

#[measure(tags(ROUTE = route))]
fn plain(route: &str) -> Option<String> {
    current(&ROUTE)
}

#[measure(tags(ROUTE = request.0, TENANT = *tenant))]
fn fallible(
    request: (String, u8),
    tenant: &u8,
    _tells: Tells<'_>,
) -> Result<[Option<String>; 2], ()> {
    drop(request);
    Ok([current(&ROUTE), current(&TENANT)])
}

#[measure(tags(ROUTE = route, TENANT = first))]
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
    fn own(self) -> Result<[Option<String>; 2], ()> {
        drop(self);
        Ok([current(&ROUTE), current(&TENANT)])
    }

    async fn later(self: Box<Self>) -> Option<String> {
        drop(self);
        Once::default().await;
        current(&TENANT)
    }

    fn boxed(&self) -> Pin<Box<dyn Future<Output = Option<String>> + '_>> {
        Box::pin(async move {
            Once::default().await;
            current(&TENANT).filter(|tenant| *tenant == self.tenant)
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with an `Option`")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn tags_are_current_in_the_body_and_not_outside() {
    let outer = tags!(ROUTE = "outer", TENANT = "outer").enter();
    assert_eq!(plain("/plain"), text("/plain"));
    let mut told = None;
    let both = fallible(("/both".to_owned(), 1), &7, Tells(&mut told));
    assert_eq!(both, Ok([text("/both"), text("7")]));
    assert_eq!(told, text("/both"), "arguments are dropped in the call");
    let both = destructured((5, String::new()), ["/parts".to_owned()]);
    assert_eq!(both, Ok([text("/parts"), text("5")]));
    assert_eq!(tracked("/tracked").as_deref(), Ok("/tracked"));
    let server = || Server {
        tenant: "acme".to_owned(),
    };
    assert_eq!(server().serve(), text("acme"));
    assert_eq!(server().own(), Ok([text("own"), text("replaced")]));
    assert_eq!(current(&ROUTE), text("outer"));
    drop(outer);
    assert!(TagMap::current().is_empty());
}

#[measure(tags(ROUTE = route))]
async fn waits(route: String, tells: Tells<'_>) -> [Option<String>; 2] {
    let before = current(&ROUTE);
    Once::default().await;
    let _tells = tells;
    Once::default().await;
    [before, current(&ROUTE)]
}

#[test]
fn tags_are_current_around_every_poll() {
    let (mut one_told, mut other_told) = (None, None);
    {
        let mut one = pin!(waits("/one".to_owned(), Tells(&mut one_told)));
        let mut other = pin!(waits("/other".to_owned(), Tells(&mut other_told)));
        for _ in 0..2 {
            tags!(ROUTE = "outer").scope(|| {
                assert!(poll(one.as_mut()).is_pending());
                assert!(poll(other.as_mut()).is_pending());
                assert_eq!(current(&ROUTE), text("outer"));
            });
            assert_eq!(current(&ROUTE), None);
        }
        assert_eq!(
            poll(one.as_mut()),
            Poll::Ready([text("/one"), text("/one")])
        );
    }
    assert_eq!(one_told, text("/one"));
    assert_eq!(other_told, text("/other"), "also if it is cancelled");
    assert!(TagMap::current().is_empty());
}

#[test]
fn methods_that_wait_have_their_tags() {
    let server = || Server {
        tenant: "acme".to_owned(),
    };
    let mut later = pin!(Box::new(server()).later());
    assert!(poll(later.as_mut()).is_pending());
    assert_eq!(poll(later.as_mut()), Poll::Ready(text("acme")));
    let server = server();
    let mut boxed = server.boxed();
    assert!(poll(boxed.as_mut()).is_pending());
    assert_eq!(poll(boxed.as_mut()), Poll::Ready(text("acme")));
}

#[measure(tags(ROUTE = { *evaluated += 1; "late" }))]
async fn late(evaluated: &mut u8) -> u8 {
    *evaluated
}

#[test]
fn tags_of_a_future_are_evaluated_at_its_first_poll() {
    let mut evaluated = 0;
    drop(late(&mut evaluated));
    assert_eq!(evaluated, 0);
    assert_eq!(poll(pin!(late(&mut evaluated))), Poll::Ready(1));
}

#[measure(tags(ROUTE = "call"))]
async fn holds_a_guard() -> [Option<String>; 2] {
    let _guard = tags!(ROUTE = "held").enter();
    let before = current(&ROUTE);
    Once::default().await;
    [before, current(&ROUTE)]
}

#[test]
fn a_guard_held_across_an_await_ends_there_and_leaks_nowhere() {
    let mut call = Box::pin(holds_a_guard());
    assert!(poll(call.as_mut()).is_pending());
    assert_eq!(current(&ROUTE), None);
    let texts = ["held", "call"].map(|text| Some(text.to_owned()));
    assert_eq!(poll(call.as_mut()), Poll::Ready(texts));
    assert_eq!(current(&ROUTE), None);
}

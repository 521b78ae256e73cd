//! Calls under way: one more at the beginning, one less at the end, in the row where it began.

use std::future::Future;
use std::panic::catch_unwind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use census::calls::{CALLS_IN_FLIGHT, FUNCTION, MODULE};
use census::{Measure, Number, TagKey, measure, tag, tags, view};

#[tag]
static ROUTE: TagKey;
#[measure]
static ACTIVE: Measure<i64>;
#[measure]
static LATER: Measure<i64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static ACTIVE_BY_ROUTE: Sum<ACTIVE> by (ROUTE);
    static LATER_BY_FUNCTION: Sum<LATER> by (FUNCTION);
    static LATENCIES: Count<LATENCY> by (ROUTE);
}

fn concurrent(function: &str) -> Option<i64> {
    let module = module_path!();
    let data = CALLS_IN_FLIGHT.data();
    data.get(&tags!(FUNCTION = function, MODULE = module))
        .map(whole)
}

fn active(route: &str) -> Option<i64> {
    let data = ACTIVE_BY_ROUTE.data();
    data.get(&tags!(ROUTE = route)).map(whole)
}

/// The sum of an integer measure.
fn whole(number: &Number) -> i64 {
    match number {
        Number::U64(number) => i64::try_from(*number).unwrap_or(i64::MAX),
        Number::I64(number) => *number,
        _ => -1,
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[measure]
fn nested(n: i64) -> Result<(), ()> {
    assert_eq!(concurrent("nested"), Some(3 - n));
    if n > 0 { nested(n - 1) } else { Err(()) }
}

#[test]
fn a_call_is_under_way_until_it_returns() {
    assert_eq!(concurrent("nested"), Some(0), "known before its first call");
    assert_eq!(nested(2), Err(()));
    assert_eq!(concurrent("nested"), Some(0));
}

#[measure]
#[expect(clippy::panic, reason = "that is what is tested")]
fn panics() -> Option<u8> {
    assert_eq!(concurrent("panics"), Some(1));
    panic!("on purpose")
}

#[test]
fn a_call_that_panics_is_over() {
    assert!(catch_unwind(panics).is_err());
    assert_eq!(concurrent("panics"), Some(0));
}

#[measure(LATENCY, in_flight = ACTIVE, tags(ROUTE = route))]
async fn served(route: &str) {
    std::future::pending::<()>().await;
}

#[test]
fn futures_are_under_way_from_their_first_poll_until_they_are_dropped() {
    {
        let mut one = pin!(served("/one"));
        let mut other = pin!(served("/one"));
        assert_eq!(active("/one"), None);
        assert!(poll(one.as_mut()).is_pending());
        assert_eq!(active("/one"), Some(1));
        assert!(poll(one.as_mut()).is_pending());
        assert!(poll(other.as_mut()).is_pending());
        assert_eq!(active("/one"), Some(2));
        assert_eq!(active("/other"), None);
    }
    assert_eq!(active("/one"), Some(0));
    assert_eq!(LATENCIES.data().get(&tags!(ROUTE = "/one")), Some(&2));
}

#[measure(in_flight = LATER)]
async fn begun_before() {
    std::future::pending::<()>().await;
}

/// What began before the view did is none of its business.
#[test]
fn a_view_never_goes_below_zero() {
    let row = || {
        let data = LATER_BY_FUNCTION.data();
        data.get(&tags!(FUNCTION = "begun_before")).map(whole)
    };
    assert!(LATER_BY_FUNCTION.unregister());
    let mut before = Box::pin(begun_before());
    assert!(poll(before.as_mut()).is_pending());
    assert!(LATER_BY_FUNCTION.register().is_ok());
    let mut after = Box::pin(begun_before());
    assert!(poll(after.as_mut()).is_pending());
    assert_eq!(row(), Some(1));
    drop(before);
    assert_eq!(row(), Some(1));
    drop(after);
    assert_eq!(row(), Some(0));
}

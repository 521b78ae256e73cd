//! Calls in flight: a call is added to a row when it begins, and subtracted from the same row when it ends.

use std::panic::catch_unwind;
use std::pin::pin;
use std::time::Duration;

use census::calls::FUNCTION;
use census::{Measure, TagKey, measure, tag, tags, view};
use census_tests::polling::{begun, poll};
use census_tests::rows::{integer, row};

use crate::counts;

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

fn in_flight(function: &str) -> Option<i64> {
    counts::in_flight(module_path!(), function)
}

fn active(route: &str) -> Option<i64> {
    row(&ACTIVE_BY_ROUTE, &tags!(ROUTE = route))
        .as_ref()
        .map(integer)
}

#[measure]
fn nested(n: i64) -> Result<(), ()> {
    assert_eq!(in_flight("nested"), Some(3 - n));
    if n > 0 { nested(n - 1) } else { Err(()) }
}

#[test]
fn call_is_in_flight_until_it_returns() {
    assert_eq!(
        in_flight("nested"),
        Some(0),
        "the row is there before the first call"
    );
    assert_eq!(nested(2), Err(()));
    assert_eq!(in_flight("nested"), Some(0));
}

#[measure]
#[expect(clippy::panic, reason = "the panic is the test")]
fn panics() -> Option<u8> {
    assert_eq!(in_flight("panics"), Some(1));
    panic!("on purpose")
}

#[test]
fn panic_ends_call() {
    assert!(catch_unwind(panics).is_err());
    assert_eq!(in_flight("panics"), Some(0));
}

#[measure(LATENCY, in_flight = ACTIVE, tags(ROUTE = route))]
async fn served(route: &str) {
    std::future::pending::<()>().await;
}

#[test]
fn future_is_in_flight_from_first_poll_until_drop() {
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
    assert_eq!(row(&LATENCIES, &tags!(ROUTE = "/one")), Some(2));
}

#[measure(in_flight = LATER)]
async fn pending() {
    std::future::pending::<()>().await;
}

/// A call that began before the view was registered is not subtracted from it.
#[test]
fn row_is_never_below_zero() {
    let later = || {
        let data = row(&LATER_BY_FUNCTION, &tags!(FUNCTION = "pending"));
        data.as_ref().map(integer)
    };
    assert!(LATER_BY_FUNCTION.unregister());
    let before = begun(pending());
    assert!(LATER_BY_FUNCTION.register().is_ok());
    let after = begun(pending());
    assert_eq!(later(), Some(1));
    drop(before);
    assert_eq!(later(), Some(1));
    drop(after);
    assert_eq!(later(), Some(0));
}

/// A limit of the library: nothing tells that a forgotten future has ended.
#[test]
fn forgotten_future_stays_in_flight() {
    #[measure]
    async fn forgotten() {
        std::future::pending::<()>().await;
    }
    let mut future = Box::pin(forgotten());
    assert!(poll(future.as_mut()).is_pending());
    std::mem::forget(future);
    assert_eq!(in_flight("forgotten"), Some(1));
}

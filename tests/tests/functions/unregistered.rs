//! A program can unregister the built-in views of functions, and register them again.

use census::calls::{CALLS, CALLS_IN_FLIGHT, DURATIONS, IN_FLIGHT, LATENCY};
use census::measure;
use census::testing::isolate;
use census_tests::scrape;

#[measure]
#[expect(clippy::unnecessary_wraps, reason = "a fallible function")]
fn measured() -> Result<u8, ()> {
    Ok(1)
}

#[test]
fn built_in_views_can_be_unregistered_and_registered() {
    let _isolated = isolate();
    assert_eq!(measured(), Ok(1));
    assert!(LATENCY.is_viewed() && IN_FLIGHT.is_viewed());
    assert!(CALLS.unregister() && DURATIONS.unregister() && CALLS_IN_FLIGHT.unregister());
    assert!(!LATENCY.is_viewed() && !IN_FLIGHT.is_viewed());
    assert_eq!(measured(), Ok(1));
    let body = scrape::views_of_this_process();
    assert!(!body.contains("function_calls"), "{body}");
    // Registered again, they begin at zero.
    let calls = || CALLS.data().rows.iter().map(|row| row.data).sum::<u64>();
    assert!(CALLS.register().is_ok());
    assert_eq!(calls(), 0);
    assert_eq!(measured(), Ok(1));
    assert_eq!(calls(), 1);
}

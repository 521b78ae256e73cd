//! A program that wants none of the built-in views pays nothing for them.

use census::calls::{CALLS, CALLS_IN_FLIGHT, DURATIONS, IN_FLIGHT, LATENCY};
use census::measure;

#[measure]
fn measured() -> Result<u8, ()> {
    Ok(1)
}

#[test]
fn unregistered_they_are_gone_as_a_whole() {
    assert_eq!(measured(), Ok(1));
    assert!(LATENCY.is_viewed() && IN_FLIGHT.is_viewed());
    assert!(CALLS.unregister() && DURATIONS.unregister() && CALLS_IN_FLIGHT.unregister());
    assert!(!LATENCY.is_viewed() && !IN_FLIGHT.is_viewed());
    assert_eq!(measured(), Ok(1));
    let body = census::prometheus::Exporter::builder()
        .build_lenient()
        .scrape(None)
        .body
        .to_string();
    assert!(!body.contains("function_calls"), "{body}");
    // And back again, from zero.
    assert!(CALLS.register().is_ok());
    assert_eq!(CALLS.data().rows.iter().map(|row| row.data).sum::<u64>(), 0);
    assert_eq!(measured(), Ok(1));
    assert_eq!(CALLS.data().rows.iter().map(|row| row.data).sum::<u64>(), 1);
}

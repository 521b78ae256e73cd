//! Measured functions have rows with zeros before their first call, also the functions of a crate that is only linked.
//!
//! A program of its own: it uses nothing of the crate `census_tests`, so that only the declarations make the linker
//! keep that crate.

use std::time::Duration;

use census::calls::{
    CALLS, CALLS_IN_FLIGHT, DURATIONS, FUNCTION, IN_FLIGHT, LATENCY, MODULE, RESULT,
};
use census::prometheus::Exporter;
use census::{Measure, TagMap, measure, tag, tags, view};
// Makes the linker load the crate.
use census_tests as _;

#[measure]
static OWN: Measure<Duration>;
#[measure]
static OWN_ACTIVE: Measure<i64>;
#[tag]
static OTHER: census::TagKey;

view! {
    static OWN_CALLS: Count<OWN> by (RESULT, FUNCTION);
    static OWN_IN_FLIGHT: Sum<OWN_ACTIVE> by (FUNCTION);
    static UNKNOWN_VALUES: Count<OWN> by (FUNCTION, OTHER);
    static BY_FUNCTION: Count<LATENCY> by (FUNCTION) { max_series: 1 }
}

type Outcome<T> = Result<T, String>;

#[measure]
fn plain() {}

#[measure]
#[expect(clippy::unnecessary_wraps, reason = "a fallible function")]
fn fallible() -> Result<(), String> {
    Ok(())
}

#[measure]
fn by_alias() -> Outcome<()> {
    Err("no".to_owned())
}

#[measure]
#[expect(clippy::unused_async, reason = "an `async` function")]
async fn asynchronous() -> std::io::Result<()> {
    Ok(())
}

#[measure(OWN, in_flight = OWN_ACTIVE, name = "renamed")]
fn own() -> Result<(), ()> {
    Err(())
}

#[measure]
fn generic<T>(value: T) -> T {
    value
}

struct Server;

#[measure]
impl Server {
    fn get() -> Option<u8> {
        None
    }
}

/// The results for which a function has rows.
fn results(function: &str) -> Vec<String> {
    let data = CALLS.data();
    let rows = data
        .rows
        .iter()
        .filter(|row| row.tag(&FUNCTION) == Some(function));
    let mut results: Vec<_> = rows
        .filter_map(|row| row.tag(&RESULT))
        .map(str::to_owned)
        .collect();
    results.sort();
    results
}

fn named(function: &str) -> TagMap {
    tags!(FUNCTION = function, MODULE = module_path!())
}

/// One test, so that no function is called before the first part.
#[test]
fn before_and_after_the_first_calls() {
    check_rows_before_the_first_calls();
    check_exposition_after_calls();
}

fn check_rows_before_the_first_calls() {
    assert_eq!(results("plain"), ["ok", "panicked"]);
    assert_eq!(results("fallible"), ["error", "ok", "panicked"]);
    assert_eq!(
        results("asynchronous"),
        ["cancelled", "error", "ok", "panicked"]
    );
    assert_eq!(results("generic"), ["ok", "panicked"]);
    assert_eq!(results("Server::get"), ["ok", "panicked"]);
    assert_eq!(
        DURATIONS
            .data()
            .get(&named("generic"))
            .map(|data| data.count),
        Some(0)
    );
    assert!(
        CALLS_IN_FLIGHT
            .data()
            .get(&named("generic"))
            .is_some_and(|active| *active == 0)
    );
    // The same for a program's own measures, unless a column has values that are not known before.
    assert_eq!(
        OWN_CALLS
            .data()
            .get(&tags!(FUNCTION = "renamed", RESULT = "error")),
        Some(&0)
    );
    assert!(
        OWN_IN_FLIGHT
            .data()
            .get(&tags!(FUNCTION = "renamed"))
            .is_some_and(|active| *active == 0)
    );
    assert!(UNKNOWN_VALUES.data().rows.is_empty());
    // These rows do not count towards `max_series`.
    assert!(BY_FUNCTION.data().rows.len() > 5);
}

#[test]
fn functions_of_a_crate_that_is_only_linked() {
    let data = CALLS.data();
    let linked = data
        .rows
        .iter()
        .find(|row| row.tag(&FUNCTION) == Some("only_linked"));
    let linked = linked.expect("the linker keeps the declaration");
    assert_eq!(
        (linked.tag(&MODULE), linked.data),
        (Some("census_tests"), 0)
    );
}

fn check_exposition_after_calls() {
    assert!(by_alias().is_err() && own().is_err() && Server::get().is_none());
    plain();
    assert!(fallible().is_ok());
    assert_eq!(generic(7), 7);
    drop(asynchronous());
    let exporter = Exporter::builder().namespace("app").build();
    let scrape = exporter.expect("a valid catalogue").scrape(None);
    let body = scrape.body.to_string();
    let assert_line = |name: &str, labels: &str, value: &str| {
        let line = format!("\n{name}{{{labels}}} {value}\n");
        assert!(body.contains(&line), "no {line} in {body}");
    };
    let module = "module=\"functions_zero_rows\"";
    // The built-in views are outside of the namespace.
    let total = "function_calls_total";
    assert_line(
        total,
        &format!("function=\"by_alias\",{module},result=\"error\""),
        "1",
    );
    assert_line(
        total,
        &format!("function=\"Server::get\",{module},result=\"ok\""),
        "1",
    );
    // The future was never polled, so the call never began.
    assert_line(
        total,
        &format!("function=\"asynchronous\",{module},result=\"cancelled\""),
        "0",
    );
    assert_line(
        "function_calls_duration_seconds_count",
        &format!("function=\"generic\",{module}"),
        "1",
    );
    assert_line(
        "function_calls_concurrent",
        &format!("function=\"plain\",{module}"),
        "0",
    );
    assert!(
        body.contains("\napp_own_calls_total{result=\"error\",function=\"renamed\"} 1\n"),
        "{body}"
    );
    assert!(!IN_FLIGHT.name().is_empty());
}

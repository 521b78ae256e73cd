//! The rows of the built-in views.

use census::calls::{CALLS, CALLS_IN_FLIGHT, FUNCTION, MODULE, RESULT};
use census::tags;
use census_tests::rows::{integer, row};

/// How many calls of a function ended with a result; `None` if there is no such row.
pub(crate) fn calls(module: &str, function: &str, result: &str) -> Option<u64> {
    let tags = tags!(FUNCTION = function, MODULE = module, RESULT = result);
    row(&CALLS, &tags)
}

/// How many calls of a function ended with `ok`, `error`, `panicked`, `cancelled`.
pub(crate) fn calls_by_result(module: &str, function: &str) -> [Option<u64>; 4] {
    ["ok", "error", "panicked", "cancelled"].map(|result| calls(module, function, result))
}

/// How many calls of a function are in flight; `None` if there is no such row.
pub(crate) fn in_flight(module: &str, function: &str) -> Option<i64> {
    let tags = tags!(FUNCTION = function, MODULE = module);
    row(&CALLS_IN_FLIGHT, &tags).as_ref().map(integer)
}

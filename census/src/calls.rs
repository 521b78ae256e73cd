//! The built-in measures and views of measured functions.
//!
//! `#[measure]` on a function, with no measure named, records into [`LATENCY`] and [`IN_FLIGHT`], over which there are
//! three views. Their names and labels are those of Autometrics, so the dashboards of Autometrics work. For the same
//! reason these views are declared with `namespace: false`: an exporter's namespace would change the names.
//!
//! | view | family | labels |
//! |---|---|---|
//! | [`CALLS`] | `function_calls_total`, a counter | `function`, `module`, `result` |
//! | [`DURATIONS`] | `function_calls_duration_seconds`, a histogram | `function`, `module` |
//! | [`CALLS_IN_FLIGHT`] | `function_calls_concurrent`, a gauge | `function`, `module` |
//!
//! Every function that the linker knows has rows with zeros before its first call. A program that does not want these
//! views unregisters them. Then `#[measure]` without a measure costs one or two loads:
//!
//! ```standalone_crate
//! use census::calls;
//!
//! calls::CALLS.unregister();
//! calls::DURATIONS.unregister();
//! calls::CALLS_IN_FLIGHT.unregister();
//! assert!(!calls::LATENCY.is_viewed());
//! ```

use std::time::Duration;

use census_macros::{TagValue, built_in_measure, built_in_tag, built_in_view};

use crate::declare::{BuiltIn, FunctionMeasures, KnownResults, Measure, TagKey};

/// The name of the function.
#[built_in_tag]
pub static FUNCTION: TagKey;

/// The module that the function is in.
#[built_in_tag]
pub static MODULE: TagKey;

/// How the call ended: `ok`, `error`, `panicked`, `cancelled`, or the value that `result = …` gives.
#[built_in_tag]
pub static RESULT: TagKey;

/// How long calls take.
#[built_in_measure(name = "census/function_calls/latency")]
pub static LATENCY: Measure<Duration>;

/// Calls in flight: one more when a call begins, one less when it ends.
#[built_in_measure(name = "census/function_calls/in_flight")]
pub static IN_FLIGHT: Measure<i64>;

built_in_view! {
    /// Calls of functions.
    pub static CALLS: Count<LATENCY> by (FUNCTION, MODULE, RESULT) {
        name: "function_calls_total",
        namespace: false,
    }

    /// How long calls of functions take.
    pub static DURATIONS: Distribution<LATENCY> by (FUNCTION, MODULE) {
        name: "function_calls_duration_seconds",
        namespace: false,
    }

    /// Calls of functions in flight.
    pub static CALLS_IN_FLIGHT: Sum<IN_FLIGHT> by (FUNCTION, MODULE) {
        name: "function_calls_concurrent",
        namespace: false,
    }
}

/// How a call ended, unless `#[measure(result = …)]` gives another value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, TagValue)]
#[tag_value(crate = crate)]
pub enum CallResult {
    Ok,
    Error,
    Panicked,
    Cancelled,
}

impl CallResult {
    /// The results that are known before the first call.
    pub(crate) fn known(results: KnownResults) -> impl Iterator<Item = Self> {
        let KnownResults {
            ok,
            error,
            cancelled,
        } = results;
        let results = [
            (ok, Self::Ok),
            (error, Self::Error),
            (true, Self::Panicked),
            (cancelled, Self::Cancelled),
        ];
        results
            .into_iter()
            .filter_map(|(is_known, result)| is_known.then_some(result))
    }
}

/// The declarations of this module, for the catalogue.
pub(crate) static BUILT_IN: BuiltIn = BuiltIn {
    keys: &[FUNCTION.handle(), MODULE.handle(), RESULT.handle()],
    views: &[CALLS.handle(), DURATIONS.handle(), CALLS_IN_FLIGHT.handle()],
};

/// The measures of a function with a `#[measure]` that names none: the built-in ones.
#[doc(hidden)]
pub static DEFAULT_MEASURES: FunctionMeasures = FunctionMeasures {
    latencies: &[&LATENCY],
    in_flight: Some(&IN_FLIGHT),
    values: &[],
};

//! The built-in measures and views of measured functions.
//!
//! `#[measure]` on a function, with no measure named, records into [`LATENCY`] and [`IN_FLIGHT`], over which there are
//! three views. Their names and labels are those of Autometrics, so its dashboards work; for their sake they stand
//! outside of the exporter's namespace.
//!
//! | view | family | labels |
//! |---|---|---|
//! | [`CALLS`] | `function_calls_total`, a counter | `function`, `module`, `result` |
//! | [`DURATIONS`] | `function_calls_duration_seconds`, a histogram | `function`, `module` |
//! | [`CALLS_IN_FLIGHT`] | `function_calls_concurrent`, a gauge | `function`, `module` |
//!
//! Every function that the linker knows is there with zeros before its first call. A program that wants none of this
//! says so, and then a bare `#[measure]` costs a load or two:
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

use crate::declare::{Handle, TagKeyCell, ViewSpec};
use crate::{Measure, TagKey, TagValue, measure, tag};

/// The name of the function.
#[tag(crate = crate)]
pub static FUNCTION: TagKey;

/// The module that the function is in.
#[tag(crate = crate)]
pub static MODULE: TagKey;

/// How the call ended: `ok`, `error`, `panicked`, `cancelled`, or what `result = ` says.
#[tag(crate = crate)]
pub static RESULT: TagKey;

/// How long calls take.
#[measure(crate = crate, name = "census/function_calls/latency")]
pub static LATENCY: Measure<Duration>;

/// Calls under way: one more at the beginning, one less at the end.
#[measure(crate = crate, name = "census/function_calls/in_flight")]
pub static IN_FLIGHT: Measure<i64>;

census_macros::view! { crate;
    /// Calls of functions.
    pub static CALLS: Count<LATENCY> by (FUNCTION, MODULE, RESULT) {
        name: "function_calls_total",
    }

    /// How long calls of functions take.
    pub static DURATIONS: Distribution<LATENCY> by (FUNCTION, MODULE) {
        name: "function_calls_duration_seconds",
    }

    /// Calls of functions under way.
    pub static CALLS_IN_FLIGHT: Sum<IN_FLIGHT> by (FUNCTION, MODULE) {
        name: "function_calls_concurrent",
    }
}

/// How a call ended, where nobody else says so.
#[derive(Clone, Copy, Debug, TagValue)]
#[tag_value(crate = crate)]
pub(crate) enum CallResult {
    Ok,
    Error,
    Panicked,
    Cancelled,
}

/// The tag keys, for the catalogue: the linker gathers what other crates declare.
pub(crate) fn keys() -> [&'static Handle<TagKeyCell>; 3] {
    [FUNCTION.handle(), MODULE.handle(), RESULT.handle()]
}

/// The views, likewise.
pub(crate) fn views() -> [ViewSpec; 3] {
    [CALLS.spec(), DURATIONS.spec(), CALLS_IN_FLIGHT.spec()]
}

//! The views of what this program says. Those of its calls are `census-http`'s.
//!
//! - `sum by (rpc_method) (rate(rpc_server_call_duration_seconds_count[5m]))` is the rate of calls, by method.
//! - `sum by (rpc_method) (rate(rpc_server_call_duration_seconds_count{error_type!=""}[5m]))` is that of errors. `NOT_FOUND`
//!   is none on a server: it is the client that asked for the wrong thing.
//! - `histogram_quantile(0.99, sum by (le, rpc_method) (rate(rpc_server_call_duration_seconds_bucket[5m])))` is the duration
//!   that 99 of 100 calls do not exceed.
//! - `sum by (caller) (rate(greeter_phrases_total[5m]))` is the rate of phrases, by the program that calls.

use census::view;

use crate::caller::CALLER;
use crate::phrases::{LANGUAGE, SAID};

view! {
    /// Phrases said, by the program that called and by language.
    static PHRASES: Sum<SAID> by (CALLER, LANGUAGE);
}

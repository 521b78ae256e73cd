//! Rows that go: removed by the program, or because they are idle.

mod guards;
mod idle;
mod own_metrics;
mod removed;

use census::{Measure, TagKey, TagValue, measure, tag, view};
use std::time::Duration;

#[tag]
static TENANT: TagKey;
#[derive(TagValue, Clone, Copy)]
enum Plan {
    Free,
    Paid,
}
#[tag]
static PLAN: TagKey<Plan>;

#[measure(name = "going/bytes")]
static BYTES: Measure<u64>;
#[measure(name = "going/seconds")]
static SECONDS: Measure<f64>;
#[measure(name = "going/level")]
static LEVEL: Measure<i64>;

/// An idle time that passes in a test, and during which a test does not stop.
const SHORT: Duration = Duration::from_millis(200);
/// An idle time that does not pass.
const LONG: Duration = Duration::from_hours(1);

view! {
    static GOING_COUNT: Count<BYTES> by (TENANT) { max_series: 2 }
    static GOING_SUM: Sum<BYTES> by (TENANT);
    static GOING_LAST: LastValue<BYTES> by (TENANT);
    static GOING_SIZES: Distribution<BYTES> by (TENANT) { buckets: [10] }
    static GOING_ALL: Count<BYTES>;
    static GOING_BY_PLAN: Sum<BYTES> by (PLAN);
    static GOING_BY_PLAN_AND_TENANT: Count<BYTES> by (PLAN, TENANT) { max_series: 2 }
    static GOING_SECONDS: Sum<SECONDS> by (TENANT);
    static GOING_LEVEL: Sum<LEVEL> by (TENANT);

    #[optional]
    static IDLE_COUNT: Count<BYTES> by (TENANT) { idle: SHORT }
    #[optional]
    static IDLE_SUM: Sum<BYTES> by (TENANT) { idle: SHORT }
    #[optional]
    static IDLE_LAST: LastValue<BYTES> by (TENANT) { idle: SHORT }
    #[optional]
    static IDLE_SIZES: Distribution<BYTES> by (TENANT) { buckets: [10], idle: SHORT }
    #[optional]
    static IDLE_LONG: Sum<BYTES> by (TENANT) { idle: LONG }
    #[optional]
    static IDLE_FULL: Count<BYTES> by (TENANT) { idle: SHORT, max_series: 2 }
    #[optional]
    static IDLE_BY_PLAN: Count<BYTES> by (PLAN) { idle: SHORT }
    #[optional]
    static IDLE_LEVEL: Sum<LEVEL> by (TENANT) { idle: SHORT }
    #[optional]
    static IDLE_LEVEL_COUNT: Count<LEVEL> by (TENANT) { idle: SHORT }
    #[optional]
    static IDLE_LEVEL_LAST: LastValue<LEVEL> by (TENANT) { idle: SHORT }
    #[optional]
    static IDLE_LEVEL_SIZES: Distribution<LEVEL> by (TENANT) { buckets: [0], idle: SHORT }
}

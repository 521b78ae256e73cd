use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static IN_FLIGHT: Measure<i64>;

#[measure(LATENCY, inflight = IN_FLIGHT)]
fn work() {}

fn main() {
    work();
}

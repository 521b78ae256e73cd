use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static ACTIVE: Measure<i64>;

#[measure(LATENCY, inflight = ACTIVE)]
fn work() {}

fn main() {
    work();
}

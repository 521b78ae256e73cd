use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCIES)]
fn work() {}

fn main() {
    work();
}

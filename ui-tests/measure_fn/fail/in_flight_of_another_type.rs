use std::time::Duration;

use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, in_flight = VIDEO_SIZE)]
fn work() {}

fn main() {
    work();
}

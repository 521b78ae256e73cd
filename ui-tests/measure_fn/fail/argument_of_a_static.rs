use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, unit = "ms")]
fn work() {}

fn main() {
    work();
}

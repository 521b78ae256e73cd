use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, in_fl)]
fn work() {}

fn main() {
    work();
}

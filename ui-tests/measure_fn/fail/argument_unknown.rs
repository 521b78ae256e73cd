use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, color = "red")]
fn work() {}

fn main() {
    work();
}

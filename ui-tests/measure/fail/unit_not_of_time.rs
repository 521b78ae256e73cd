use std::time::Duration;

use census::{Measure, measure};

#[measure(unit = "minutes")]
static LATENCY: Measure<Duration>;

fn main() {
    LATENCY.start().stop();
}

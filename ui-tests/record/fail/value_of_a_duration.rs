use std::time::Duration;

use census::{Measure, measure, record};

#[measure]
static LATENCY: Measure<Duration>;

fn main() {
    record!(LATENCY = 5);
}

use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

fn main() {
    LATENCY.start().exemplar("ratio", &0.5).stop();
}

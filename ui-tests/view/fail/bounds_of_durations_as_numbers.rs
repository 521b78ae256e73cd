use std::time::Duration;

use census::{Measure, measure, view};

#[measure]
static LATENCY: Measure<Duration>;

view! {
    static LATENCIES: Distribution<LATENCY> { buckets: [0.005, 0.01] }
}

fn main() {}

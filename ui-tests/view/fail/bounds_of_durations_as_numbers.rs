use std::time::Duration;

use census::{Measure, measure, view};

#[measure]
static LATENCY: Measure<Duration>;

view! {
    static LATENCIES: Distribution<LATENCY> { buckets: [1, 2] }
}

fn main() {}

use std::time::Duration;

use census::{Measure, measure, view};

#[measure]
static LATENCY: Measure<Duration>;

view! {
    static LATENCIES: Distribution<LATENCY> {
        buckets: [Duration::from_secs(1), Duration::from_millis(1)],
    }
}

fn main() {}

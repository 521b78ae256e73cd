use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: [1.5, 2.5] }
    static NEGATIVE: Distribution<VIDEO_SIZE> { buckets: [-1, 2] }
    static LATENCIES: Distribution<LATENCY> { buckets: [1, 2] }
}

fn main() {}

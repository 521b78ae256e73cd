use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static DECREASING: Distribution<VIDEO_SIZE> { buckets: [0, 20, 10, 5] }
    static EQUAL: Distribution<VIDEO_SIZE> { buckets: [1_000, 1000u64] }
    static FLOATS: Distribution<VIDEO_SIZE> { buckets: [-1.5, -2.5] }
}

fn main() {
    let _ = (DECREASING.data(), EQUAL.data(), FLOATS.data());
}

use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

static SIZE: u64 = 5;

view! {
    static VIDEOS: Count<FRONTEND>;
    static SIZES: Sum<SIZE>;
    static BUCKETS: Distribution<FRONTEND> { buckets: [1, 2] }
    static LATENCIES: Distribution<FRONTEND>;
    static UNKNOWN: Sum<NO_SUCH_MEASURE>;
    static COLUMNS: Count<VIDEO_SIZE> by (VIDEO_SIZE);
}

fn main() {}

use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

const MIB: u64 = 1 << 20;

view! {
    static SIZES: Distribution<VIDEO_SIZE> by (FRONTEND) {
        buckets: [0, 16 * MIB, 2 * MIB],
    }
    static LATENCIES: Distribution<LATENCY> {
        buckets: [Duration::from_secs(1), Duration::from_millis(1)],
    }
}

fn main() {}

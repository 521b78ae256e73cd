use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static VIDEOS: Coutn<VIDEO_SIZE>;
    static SIZES: Histogram<VIDEO_SIZE> { buckets: [1, 2] }
    static OTHER: Percentile<VIDEO_SIZE>;
    static PATH: census::Count<VIDEO_SIZE>;
}

fn main() {
    let _ = (VIDEOS.data(), SIZES.data(), OTHER.data(), PATH.data());
}

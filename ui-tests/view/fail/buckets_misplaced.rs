use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static VIDEOS: Count<VIDEO_SIZE> { buckets: [1, 2] }
    static NUMBER: Distribution<VIDEO_SIZE> { buckets: 5 }
    static BORROWED: Distribution<VIDEO_SIZE> { buckets: &[1, 2], name: "borrowed" }
}

fn main() {
    let _ = (VIDEOS.data(), NUMBER.data(), BORROWED.data());
}

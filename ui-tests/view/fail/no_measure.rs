use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static VIDEOS: Count by (FRONTEND);
    static SIZES: Sum<>;
    static TYPED: Sum<Measure<u64>>;
    static NAMED: Distribution<"video_size"> { buckets: [1, 2] }
    static NOTHING;
}

fn main() {
    let _ = (VIDEOS.data(), SIZES.data(), TYPED.data(), NAMED.data());
}

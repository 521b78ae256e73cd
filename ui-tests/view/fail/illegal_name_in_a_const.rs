use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

const NAME: &str = "";
const NONE: usize = 0;

view! {
    static VIDEOS: Count<VIDEO_SIZE> { name: NAME }
    static SIZES: Sum<VIDEO_SIZE> { max_series: NONE }
}

fn main() {}

use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> by (FRONTEND);
}

fn main() {
    let _ = SIZES.data();
}

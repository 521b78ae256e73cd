use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static FIRST: Count<VIDEO_SIZE> by (FRONTEND)
    static SECOND: Count<VIDEO_SIZE>
    pub static THIRD: Count<VIDEO_SIZE>
}

fn main() {
    let _ = (FIRST.data(), SECOND.data(), THIRD.data());
}

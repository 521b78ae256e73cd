use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

const MOST: usize = 0;

view! {
    static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND) { max_series: MOST }
}

fn main() {}

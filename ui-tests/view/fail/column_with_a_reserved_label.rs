use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

#[tag(name = "__name__")]
static NAME: TagKey;

view! {
    static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND, NAME);
}

fn main() {}

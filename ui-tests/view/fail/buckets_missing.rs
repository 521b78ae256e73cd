use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> by (FRONTEND);
}

fn main() {}

use census::{Measure, TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND = "ios"))]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(5);
}

use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static FRAMES: Measure<u64>;

fn main() {
    record!(VIDEO_SIZE = 1, FRAMES = 2, VIDEO_SIZE = 3);
    record!(crate::VIDEO_SIZE = 1, crate :: VIDEO_SIZE = 2);
}

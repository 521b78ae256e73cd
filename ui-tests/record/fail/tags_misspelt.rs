use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    record!(VIDEO_SIZE = 1, tag(FRONTEND = "ios"));
}

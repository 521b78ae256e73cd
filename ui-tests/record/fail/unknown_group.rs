use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static FRAMES: Measure<u64>;

fn main() {
    let id = 5;
    record!(VIDEO_SIZE = 1, tag(FRONTEND = "a"));
    record!(VIDEO_SIZE = 1, exemplars(trace_id = id));
    record!(VIDEO_SIZE = 1, labels(FRONTEND = "a"));
    record!(VIDEO_SIZE = 1, tags = id);
}

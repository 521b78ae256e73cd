use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static FRAMES: Measure<u64>;

fn main() {
    record!(VIDEO_SIZE = 1, tags(FRONTEND = "a", FRONTEND = "b"));
    record!(VIDEO_SIZE = 1, exemplar(trace_id = 1, "trace_id" = 2));
    record!(VIDEO_SIZE = 1, tags(FRONTEND = "a"), tags(FRONTEND = "b"));
}

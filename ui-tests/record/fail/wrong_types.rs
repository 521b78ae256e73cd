use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static FRAMES: Measure<u64>;

fn main() {
    let size: usize = 5;
    record!(VIDEO_SIZE = size);
    record!(VIDEO_SIZE = "big", tags(FRONTEND = 1.5));
    record!(FRONTEND = 5);
    record!(VIDEO_SIZE = 5, tags(FRAMES = "a"));
    record!(NO_SUCH_MEASURE = 5);
    let () = record!(VIDEO_SIZE = 5, exemplar(trace_id = 1.5));
}

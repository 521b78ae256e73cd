use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    record!(VIDEO_SIZE, "balance" = 5, tags(FRONTEND, CODEC = 1, CODEC = 2), exemplar(trace_id));
}

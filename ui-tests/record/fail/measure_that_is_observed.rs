use census::{Observed, TagKey, measure, record, tag};

#[tag]
static QUEUE: TagKey;
#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    record!(QUEUE_DEPTH = 5, tags(QUEUE = "jobs"));
}

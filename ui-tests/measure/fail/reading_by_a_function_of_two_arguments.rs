use census::{Observed, Readings, TagMap, measure};

fn depth(seen: &mut Readings<'_, u64>, tags: TagMap) {
    seen.record(5, tags);
}

#[measure]
static QUEUE_DEPTH: Observed<u64> = depth;

fn main() {
    let _ = QUEUE_DEPTH.name();
}

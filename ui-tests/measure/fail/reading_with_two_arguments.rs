use census::{Observed, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64> = |seen, tags| seen.record(5, tags);

fn main() {
    let _ = QUEUE_DEPTH.name();
}

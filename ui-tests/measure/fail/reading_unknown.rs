use census::{Observed, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64> = queue_depth;

fn main() {
    let _ = QUEUE_DEPTH.name();
}

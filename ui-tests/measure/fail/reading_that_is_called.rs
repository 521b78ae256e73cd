use census::{Observed, measure};

fn depth() -> u64 {
    5
}

#[measure]
static QUEUE_DEPTH: Observed<u64> = depth();

fn main() {
    let _ = QUEUE_DEPTH.name();
}

use census::{Observed, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64> = 5;

fn main() {
    let _ = QUEUE_DEPTH.name();
}

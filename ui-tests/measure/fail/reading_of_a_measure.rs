use census::{Measure, measure};

#[measure]
static QUEUE_DEPTH: Measure<u64> = || 5;

fn main() {
    QUEUE_DEPTH.record(1);
}

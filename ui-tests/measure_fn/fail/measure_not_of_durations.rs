use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<u64>;

#[measure(VIDEO_SIZE)]
fn work() {}

fn main() {
    work();
}

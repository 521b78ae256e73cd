use census::{Measure, measure};

#[measure]
#[optional]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(1);
}

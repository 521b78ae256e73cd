use census::{Measure, measure};

#[measure]
static mut VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(5);
}

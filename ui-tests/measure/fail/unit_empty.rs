use census::{Measure, measure};

#[measure(unit = "")]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(5);
}

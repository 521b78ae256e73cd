use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<u64> = Measure::new();

fn main() {
    VIDEO_SIZE.record(5);
}

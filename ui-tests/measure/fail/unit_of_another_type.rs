use census::{Measure, measure};

#[measure(unit = 5)]
static VIDEO_SIZE: Measure<u64>;

fn main() {}

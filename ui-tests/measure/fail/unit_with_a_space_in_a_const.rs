use census::{Measure, measure};

const UNIT: &str = "mega bytes";

#[measure(unit = UNIT)]
static VIDEO_SIZE: Measure<u64>;

fn main() {}

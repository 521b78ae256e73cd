use census::{Measure, measure};

const NAME: &str = "";

#[measure(name = NAME)]
static VIDEO_SIZE: Measure<u64>;

fn main() {}

use census::{Measure, measure, tags};

#[measure]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    let _ = tags!(VIDEO_SIZE = "ios");
}

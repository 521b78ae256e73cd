use census::{Measure, measure};

#[measure(unit = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(5);
}

use census::{Measure, measure, record};

#[measure]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    record!(VIDEO_SIZE =);
}

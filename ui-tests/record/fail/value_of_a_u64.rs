use census::{Measure, measure, record};

#[measure]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    let size: usize = 5;
    record!(VIDEO_SIZE = size);
}

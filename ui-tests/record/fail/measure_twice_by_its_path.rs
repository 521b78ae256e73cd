use census::{Measure, measure, record};

#[measure]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    record!(crate::VIDEO_SIZE = 1, crate :: VIDEO_SIZE = 2);
}

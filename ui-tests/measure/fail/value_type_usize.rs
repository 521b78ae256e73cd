use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<usize>;

fn main() {
    VIDEO_SIZE.record(5);
}

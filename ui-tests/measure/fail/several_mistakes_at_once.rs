use census::{Measure, measure};

#[measure(units = "By", name = "", unit = "mega bytes")]
static mut VIDEO_SIZE: Measure<usize> = 5;

fn main() {
    VIDEO_SIZE.record(5);
}

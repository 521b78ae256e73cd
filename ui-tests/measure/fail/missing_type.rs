use census::{Measure, measure};

#[measure]
static VIDEO_SIZE;

fn main() {
    let _: &Measure<u64> = &VIDEO_SIZE;
    VIDEO_SIZE.record(5);
}

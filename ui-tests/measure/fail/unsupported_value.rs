use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<usize>;

#[measure]
static RATIO: Measure<f32>;

fn main() {
    let _: &Measure<u64> = &VIDEO_SIZE;
    VIDEO_SIZE.record(5);
    RATIO.record(5.0);
}

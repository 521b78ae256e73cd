use census::{Measure, measure};

#[measure]
static RATIO: Measure<f32>;

fn main() {
    RATIO.record(0.5);
}

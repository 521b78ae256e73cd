use census::{Measure, measure, record};

#[measure]
static RATIO: Measure<f64>;

fn main() {
    record!(RATIO = 1);
}

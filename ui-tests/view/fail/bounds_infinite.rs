use census::{Measure, measure, view};

#[measure]
static RATIO: Measure<f64>;

view! {
    static RATIOS: Distribution<RATIO> { buckets: [0.5, 1.0, f64::INFINITY] }
}

fn main() {}

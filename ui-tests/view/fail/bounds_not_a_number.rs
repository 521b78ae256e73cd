use census::{Measure, measure, view};

#[measure]
static RATIO: Measure<f64>;

view! {
    static RATIOS: Distribution<RATIO> { buckets: [f64::NAN, 1.0] }
}

fn main() {}

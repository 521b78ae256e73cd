use census::{Buckets, Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<f64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: Buckets::linear(f64::NAN, 1.0, 3), name: "sizes" }
}

fn main() {
    let _ = SIZES.data();
}

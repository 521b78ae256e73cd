use census::{Measure, measure, view};

const FACTOR: f64 = f64::INFINITY;

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { name: "sizes", buckets: native(FACTOR) }
}

fn main() {
    let _ = SIZES.data();
}

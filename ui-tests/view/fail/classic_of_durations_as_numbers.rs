use census::{Measure, measure, view};
use std::time::Duration;

#[measure]
static VIDEO_SIZE: Measure<Duration>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: native(1.2), classic: [1, 2] }
}

fn main() {
    let _ = SIZES.data();
}

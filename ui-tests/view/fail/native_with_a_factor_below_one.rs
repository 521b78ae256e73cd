use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: native(0.5), classic: [1, 2] }
}

fn main() {
    let _ = SIZES.data();
}

use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: native, classic: [2, 1] }
}

fn main() {
    let _ = SIZES.data();
}

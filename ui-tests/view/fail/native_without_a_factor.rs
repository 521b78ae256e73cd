use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: native(), name: "sizes" }
}

fn main() {
    let _ = SIZES.data();
}

use census::{Buckets, Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<std::time::Duration>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: Buckets::linear(1, 1, 3), name: "sizes" }
}

fn main() {
    let _ = SIZES.data();
}

use census::{Buckets, Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<i64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: Buckets::linear(-5, 0, 3), name: "sizes" }
}

fn main() {
    let _ = SIZES.data();
}

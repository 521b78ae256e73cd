use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

const SIZE_BUCKETS: &[u64] = &[1, 2, 3];

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: SIZE_BUCKETS, name: "sizes" }
}

fn main() {
    let _ = SIZES.data();
}

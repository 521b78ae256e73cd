use census::{Buckets, Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

const SIZE_BUCKETS: Buckets<u64> = Buckets::exponential(1, 1.1, 10);

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: SIZE_BUCKETS, name: "sizes" }
}

fn main() {
    let _ = SIZES.data();
}

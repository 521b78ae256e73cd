use census::{Buckets, Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: native, classic: Buckets::native() }
}

fn main() {
    let _ = SIZES.data();
}

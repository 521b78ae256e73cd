use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

const MIB: u64 = 1 << 20;

view! {
    static SIZES: Distribution<VIDEO_SIZE> { buckets: [0, 16 * MIB, 2 * MIB] }
}

fn main() {}

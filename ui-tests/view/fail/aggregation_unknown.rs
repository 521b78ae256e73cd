use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Percentile<VIDEO_SIZE>;
}

fn main() {
    let _ = SIZES.data();
}

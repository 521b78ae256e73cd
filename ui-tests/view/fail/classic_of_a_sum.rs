use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static SIZES: Sum<VIDEO_SIZE> { classic: [1, 2] }
}

fn main() {
    let _ = SIZES.data();
}

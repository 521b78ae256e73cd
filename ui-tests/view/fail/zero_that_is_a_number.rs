use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Count<VIDEO_SIZE> { zero: 0 }
}

fn main() {}

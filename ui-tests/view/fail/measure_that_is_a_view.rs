use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Count<VIDEO_SIZE>;
    static AGAIN: Count<VIDEOS>;
}

fn main() {}

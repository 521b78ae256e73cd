use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

const NAME: &str = "";

view! {
    static VIDEOS: Count<VIDEO_SIZE> { name: NAME }
}

fn main() {}

use census::{Measure, measure, record, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Count<VIDEO_SIZE>;
}

fn main() {
    record!(VIDEOS = 5);
}

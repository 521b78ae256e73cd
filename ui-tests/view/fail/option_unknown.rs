use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Count<VIDEO_SIZE> { color: "red" }
}

fn main() {
    let _ = VIDEOS.data();
}

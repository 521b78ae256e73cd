use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    #[cfg_attr(debug_assertions, optional)]
    static VIDEOS: Count<VIDEO_SIZE>;
}

fn main() {
    let _ = VIDEOS.data();
}

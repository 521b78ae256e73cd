use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    #[optional]
    /// Videos.
    #[optional]
    static VIDEOS: Count<VIDEO_SIZE>;
}

fn main() {
    let _ = VIDEOS.data();
}

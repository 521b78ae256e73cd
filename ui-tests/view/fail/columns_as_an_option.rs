use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Count<VIDEO_SIZE> { by: [FRONTEND] }
}

fn main() {
    let _ = VIDEOS.data();
}

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Coutn<VIDEO_SIZE> by (FRONTEND, FRONTEND) {
        nmae: "videos",
        max_series: 0,
    }
    static SIZES: Histogram<VIDEO_SIZE> { buckets: [2, 1], name: "" }
}

fn main() {
    let _ = VIDEOS.data();
}

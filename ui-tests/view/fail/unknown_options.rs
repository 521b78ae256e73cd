use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static VIDEOS: Count<VIDEO_SIZE> {
        nmae: "videos",
        help: "Videos.",
        columns: [FRONTEND],
        max_series: 0,
        description = "Videos.",
        description: "Again.",
    }
    static NAMES: Count<VIDEO_SIZE> { name: "a\nb", description: }
    static COMMA: Count<VIDEO_SIZE> { name: "comma" description: "No comma." }
}

fn main() {
    let _ = (VIDEOS.data(), NAMES.data(), COMMA.data());
}

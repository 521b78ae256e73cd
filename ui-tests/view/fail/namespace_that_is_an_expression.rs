use census::{Measure, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

#[allow(dead_code)]
const IN_NAMESPACE: bool = false;

view! {
    static VIDEOS: Count<VIDEO_SIZE> { namespace: IN_NAMESPACE }
}

fn main() {
    let _ = VIDEOS.data();
}

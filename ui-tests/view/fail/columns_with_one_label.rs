use census::{Measure, TagKey, measure, tag, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

#[tag(name = "http.route")]
static ROUTE: TagKey;
#[tag(name = "http/route")]
static HTTP_ROUTE: TagKey;

view! {
    static VIDEOS: Count<VIDEO_SIZE> by (ROUTE, HTTP_ROUTE);
}

fn main() {}

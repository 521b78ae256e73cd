use census::{TagKey, tag, view};

#[tag]
static FRONTEND: TagKey;

view! {
    static VIDEOS: Count by (FRONTEND);
}

fn main() {
    let _ = VIDEOS.data();
}

use census::{TagKey, tag, view};

#[tag]
static FRONTEND: TagKey;

view! {
    static VIDEOS: Count<FRONTEND>;
}

fn main() {}

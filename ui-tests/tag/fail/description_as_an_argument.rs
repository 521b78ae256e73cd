use census::{TagKey, tag};

#[tag(description = "Which client the video came from.")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

use census::{TagKey, tag};

#[tag]
static FRONTEND: TagKey = TagKey::new("frontend");

fn main() {
    let _ = FRONTEND.name();
}

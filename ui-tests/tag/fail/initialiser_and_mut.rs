use census::{TagKey, tag};

#[tag]
static mut FRONTEND: TagKey = TagKey::new("frontend");

fn main() {
    let _ = FRONTEND.name();
}

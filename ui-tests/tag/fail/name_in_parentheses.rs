use census::{TagKey, tag};

#[tag(name("frontend"))]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

use census::{TagKey, tag};

#[tag(name = "")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

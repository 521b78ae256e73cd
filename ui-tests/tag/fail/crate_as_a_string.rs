use census::{TagKey, tag};

#[tag(crate = "census")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

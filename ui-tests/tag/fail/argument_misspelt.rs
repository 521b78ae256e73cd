use census::{TagKey, tag};

#[tag(nmae = "frontend")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

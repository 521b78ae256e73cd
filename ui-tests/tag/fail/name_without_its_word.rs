use census::{TagKey, tag};

#[tag("frontend")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

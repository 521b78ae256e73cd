use census::{TagKey, tag};

#[tag(local = true)]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

use census::{TagKey, tag};

#[tag]
#[optional]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

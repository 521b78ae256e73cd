use census::{TagKey, tag};

#[tag]
const FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

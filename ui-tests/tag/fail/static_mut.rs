use census::{TagKey, tag};

#[tag]
static mut FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

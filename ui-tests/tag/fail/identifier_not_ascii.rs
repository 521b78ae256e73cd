use census::{TagKey, tag};

#[tag]
static GÉANT: TagKey;

fn main() {
    let _ = GÉANT.name();
}

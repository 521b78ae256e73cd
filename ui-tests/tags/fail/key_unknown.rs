use census::{TagKey, tag, tags};

#[tag]
static FRONTEND: TagKey;

fn main() {
    let _ = tags!(FRONTENDS = "ios");
}

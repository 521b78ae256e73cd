use census::{TagKey, tag, tags};

#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;

fn main() {
    let _ = tags!(FRONTEND = "ios", CODEC = "av1", FRONTEND = "web");
}

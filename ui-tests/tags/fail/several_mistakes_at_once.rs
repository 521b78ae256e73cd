use census::{TagKey, tag, tags};

#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;

fn main() {
    let _ = tags!(FRONTEND, "codec" = "av1", CODEC = 1, CODEC = 2);
}

use census::{TagKey, tag};

#[tag(name = concat!("g", "éant"))]
static FRONTEND: TagKey;

fn main() {}

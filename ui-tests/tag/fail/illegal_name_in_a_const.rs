use census::{TagKey, tag};

const NAME: &str = "";

#[tag(name = NAME)]
static FRONTEND: TagKey;

#[tag(name = concat!("a", "\n"))]
static CODEC: TagKey;

fn main() {}

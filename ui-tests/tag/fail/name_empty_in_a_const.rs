use census::{TagKey, tag};

const NAME: &str = "";

#[tag(name = NAME)]
static FRONTEND: TagKey;

fn main() {}

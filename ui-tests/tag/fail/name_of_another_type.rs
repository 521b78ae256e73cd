use census::{TagKey, tag};

#[tag(name = 5)]
static FRONTEND: TagKey;

fn main() {}

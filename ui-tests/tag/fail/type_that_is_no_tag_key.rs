use census::tag;

#[tag]
static FRONTEND: String;

fn main() {}

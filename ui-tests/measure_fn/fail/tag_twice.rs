use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND = "ios", FRONTEND = "web"))]
fn work() {}

fn main() {
    work();
}

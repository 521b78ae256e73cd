use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(FRONTEND)]
fn work() {}

fn main() {
    work();
}

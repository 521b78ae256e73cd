use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND))]
fn work() {}

fn main() {
    work();
}

use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND = nmae))]
fn work(name: &str) {
    let _ = name;
}

fn main() {
    work("");
}

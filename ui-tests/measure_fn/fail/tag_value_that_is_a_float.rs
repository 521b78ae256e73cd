use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND = seconds))]
fn work(seconds: f64) {
    let _ = seconds;
}

fn main() {
    work(1.5);
}

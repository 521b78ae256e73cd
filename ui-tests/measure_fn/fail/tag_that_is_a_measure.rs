use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<u64>;

#[measure(tags(VIDEO_SIZE = name))]
fn work(name: &str) {
    let _ = name;
}

fn main() {
    work("");
}

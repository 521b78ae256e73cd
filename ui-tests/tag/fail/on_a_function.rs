use census::{TagKey, tag};

#[tag]
fn frontend() {}

fn main() {
    frontend();
}

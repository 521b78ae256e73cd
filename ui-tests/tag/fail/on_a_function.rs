use census::{TagKey, tag};

#[tag]
fn frontend() {}

fn main() {
    let _: Option<TagKey> = None;
    frontend();
}

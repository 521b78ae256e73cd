use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(FRONTEND = |text| text.len() as u64)]
fn work(text: &str) -> &str {
    text
}

fn main() {
    work("");
}

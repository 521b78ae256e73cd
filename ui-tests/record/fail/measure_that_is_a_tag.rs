use census::{TagKey, record, tag};

#[tag]
static FRONTEND: TagKey;

fn main() {
    record!(FRONTEND = 5);
}

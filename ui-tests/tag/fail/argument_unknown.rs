use census::{TagKey, tag};

#[tag(values = ["ios", "web"])]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

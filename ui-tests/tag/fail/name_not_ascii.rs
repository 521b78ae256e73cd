use census::{TagKey, tag};

#[tag(name = "géant")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

use census::{TagKey, tag};

#[tag(local, name = "frontend", local)]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

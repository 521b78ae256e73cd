use census::{TagKey, tag};

#[tag(name = "frontend" local)]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

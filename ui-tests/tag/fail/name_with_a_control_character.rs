use census::{TagKey, tag};

#[tag(name = "front\tend")]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}

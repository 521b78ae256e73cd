use census::{TagKey, tag};

enum Method {
    Get,
}

#[tag]
static METHOD: TagKey<Method>;
#[tag]
static STATUS: TagKey<u16>;

fn main() {
    let _ = Method::Get;
}

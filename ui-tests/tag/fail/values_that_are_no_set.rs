use census::{TagKey, TagValue, tag};

enum Method {
    Get,
}

#[tag]
static METHOD: TagKey<Method>;
#[tag]
static STATUS: TagKey<u16>;

#[derive(TagValue)]
enum Nothing {}
#[tag]
static NOTHING: TagKey<Nothing>;

fn main() {
    let _ = Method::Get;
}

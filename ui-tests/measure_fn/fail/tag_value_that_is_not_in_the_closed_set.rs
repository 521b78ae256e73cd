use census::{TagKey, TagValue, measure, tag};

#[derive(TagValue)]
pub enum Method {
    Get,
}

#[tag]
static METHOD: TagKey<Method>;

#[measure(tags(METHOD = "get"))]
fn get() -> Method {
    Method::Get
}

fn main() {
    get();
}

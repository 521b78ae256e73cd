use census::{Measure, TagKey, TagValue, measure, record, tag};

#[derive(TagValue)]
enum Method {
    Get,
}

#[tag]
static METHOD: TagKey<Method>;
#[measure]
static REQUESTS: Measure<u64>;

fn main() {
    let method = Some(String::from("get"));
    record!(REQUESTS = 1, tags(METHOD = Method::Get));
    record!(REQUESTS = 1, tags(METHOD = "get"));
    record!(REQUESTS = 1, tags(METHOD = method));
    record!(REQUESTS = 1, tags(METHOD = 7), exemplar(id = 7));
}

use census::{TagKey, TagMap, TagValue, tag, tags};

#[derive(TagValue)]
enum Method {
    Get,
}

#[derive(TagValue)]
enum Outcome {
    Done,
}

#[tag]
static METHOD: TagKey<Method>;

fn main() {
    let _ = tags!(METHOD = Method::Get);
    let _ = tags!(METHOD = "get");
    let _ = tags!(METHOD = String::from("get"));
    let _ = tags!(METHOD = Outcome::Done);
    let _ = tags!(METHOD = 1.5);
    let mut tags = TagMap::new();
    tags.insert(&METHOD, "get");
}

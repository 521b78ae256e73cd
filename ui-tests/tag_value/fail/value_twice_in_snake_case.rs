use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
enum Method {
    HttpGet,
    HTTPGet,
}

fn main() {
    let _ = tags!(FRONTEND = Method::HttpGet);
}

use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
struct Client {
    name: String,
}

fn main() {
    let _ = tags!(FRONTEND = Client { name: String::new() });
}

use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
enum Client {
    Ios,
    Other(String),
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}

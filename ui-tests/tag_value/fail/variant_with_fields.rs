use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
enum Client {
    Ios,
    Web { browser: String },
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}

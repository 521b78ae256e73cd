use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
enum Client {
    Ios,
    #[tag_value("")]
    Unknown,
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}

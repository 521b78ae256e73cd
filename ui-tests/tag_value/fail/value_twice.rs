use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
enum Client {
    Ios,
    #[tag_value("ios")]
    Apple,
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}

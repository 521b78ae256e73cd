use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
#[tag_value("client")]
enum Client {
    Ios,
    #[tag_value("ios")]
    Apple(u8),
    #[tag_value("")]
    Unknown,
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}

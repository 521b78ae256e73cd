use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
#[tag_value(rename_all = "UPPERCASE")]
enum Client {
    Ios,
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}

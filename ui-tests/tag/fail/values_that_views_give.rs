use census::{TagKey, TagValue, tag};

#[derive(TagValue)]
pub enum Method {
    Get,
    #[tag_value("_other")]
    Other,
}

#[tag]
pub static METHOD: TagKey<Method>;

fn main() {}

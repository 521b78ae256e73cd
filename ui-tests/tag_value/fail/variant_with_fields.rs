use census::TagValue;

#[derive(TagValue)]
enum Client {
    Ios,
    Other(String),
    Web { browser: String },
}

fn main() {
    let _ = census::AsTagValue::as_tag_value(&Client::Ios);
}

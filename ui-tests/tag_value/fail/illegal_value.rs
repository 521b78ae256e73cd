use census::TagValue;

#[derive(TagValue)]
enum Client {
    #[tag_value("")]
    Ios,
    #[tag_value("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    Web,
}

fn main() {
    let _ = census::AsTagValue::as_tag_value(&Client::Ios);
}

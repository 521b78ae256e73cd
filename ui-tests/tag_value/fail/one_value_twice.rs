use census::TagValue;

#[derive(TagValue)]
enum Client {
    WebKit,
    #[tag_value("web_kit")]
    Other,
    Web_Kit,
}

fn main() {
    let _ = census::AsTagValue::as_tag_value(&Client::WebKit);
}

use census::TagValue;

#[derive(TagValue)]
#[tag_value(rename_all = "UPPERCASE")]
enum Client {
    #[tag_value(name = "ios")]
    Ios,
    #[tag_value = "web"]
    Web,
    #[tag_value("a", "b")]
    Two,
    #[tag_value("a")]
    #[tag_value("b")]
    Again,
    #[tag_value]
    None,
}

fn main() {
    let _ = census::AsTagValue::as_tag_value(&Client::Ios);
}

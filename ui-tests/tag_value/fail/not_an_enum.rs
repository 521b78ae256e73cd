use census::TagValue;

#[derive(TagValue)]
struct Client {
    name: String,
}

#[derive(TagValue)]
union Number {
    signed: i64,
    unsigned: u64,
}

fn main() {
    let _ = census::AsTagValue::as_tag_value(&Client { name: String::new() });
}

use census::TagValue;

#[derive(TagValue)]
enum Method {
    HttpGet,
    #[tag_value("http_get")]
    Other,
    HTTPGet,
}

fn main() {
    let _ = census::AsTagValue::as_tag_value(&Method::HttpGet);
}

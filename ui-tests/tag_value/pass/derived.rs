//! All forms of an enum with `#[derive(TagValue)]`.

use census::{AsTagValue, TagValue};

#[derive(TagValue)]
enum Method {
    HttpGet,
    #[tag_value("OTHER")]
    Other,
    r#Type,
}

#[derive(TagValue)]
#[tag_value(crate = ::census)]
enum Empty {}

trait Mark {}

impl Mark for u8 {}

#[derive(TagValue)]
enum Generic<const N: usize>
where
    u8: Mark,
{
    One = 5,
}

fn main() {
    assert_eq!(Method::HttpGet.as_tag_value().get(), Some("http_get"));
    assert_eq!(Method::Other.as_tag_value().get(), Some("OTHER"));
    assert_eq!(Method::r#Type.as_tag_value().get(), Some("type"));
    assert_eq!(Generic::<3>::One.as_tag_value().get(), Some("one"));
    let _: Option<Empty> = None;
}

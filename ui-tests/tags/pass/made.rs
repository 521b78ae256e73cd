//! All arguments of `tags!`.

use census::{TagKey, TagMap, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;
#[tag]
static SHARD: TagKey;

#[derive(TagValue)]
enum Client {
    Ios,
}

fn main() {
    let empty: TagMap = tags!();
    let name = String::from("x");
    let keys = [&SHARD];
    let map = tags!(FRONTEND = Client::Ios, *keys[0] = 5,);
    let other = tags!(FRONTEND = name, SHARD = Some(5));
    assert_ne!(map, other);
    assert_ne!(map, empty);
}

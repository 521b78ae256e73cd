//! Tags on the wire: the header `baggage` and the binary format. `hostile_memory` measures how much memory a reader
//! allocates; it is a program of its own because it counts allocations.

mod baggage;
mod propagation;
mod properties;
mod vectors;

use census::{TagKey, TagMap, TagValue};

/// The names and values of a map's tags, in the map's order.
fn pairs(tags: &TagMap) -> Vec<(&str, &str)> {
    tags.iter()
        .map(|(key, value)| (key.name(), value.as_str()))
        .collect()
}

/// A map of tags, whose keys are made at run time.
fn map<K: AsRef<str>, V: AsRef<str>>(tags: impl IntoIterator<Item = (K, V)>) -> TagMap {
    let mut map = TagMap::new();
    for (name, value) in tags {
        let key = TagKey::new(name.as_ref()).expect("a valid name");
        let value = TagValue::new(value.as_ref()).expect("at most 255 bytes");
        map.upsert(&key, value);
    }
    map
}

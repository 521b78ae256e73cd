//! The library under another name.

#![deny(warnings)]

extern crate census as metrics;

use metrics::{Measure, TagKey, TagValue, measure, record, tag, tags, view};

mod census {}

#[tag(crate = metrics)]
static FRONTEND: TagKey;

#[measure(crate = crate::metrics)]
static VIDEO_SIZE: Measure<u64>;

view! {
    static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);
}

#[derive(TagValue)]
#[tag_value(crate = metrics)]
enum Client {
    Ios,
}

fn main() {
    record!(VIDEO_SIZE = 1, tags(FRONTEND = Client::Ios));
    assert_eq!(VIDEOS.data().get(&tags!(FRONTEND = "ios")), Some(&1));
}

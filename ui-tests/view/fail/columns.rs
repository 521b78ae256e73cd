use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static TWICE: Count<VIDEO_SIZE> by (FRONTEND, FRONTEND);
    static BARE: Count<VIDEO_SIZE> by FRONTEND;
    static NO_BY: Count<VIDEO_SIZE> (FRONTEND);
    static NAMED: Count<VIDEO_SIZE> by ("frontend");
    static OTHER_WORD: Count<VIDEO_SIZE> per (FRONTEND);
    static VALUE: Count<VIDEO_SIZE> by (FRONTEND = "ios");
}

fn main() {
    let _ = (TWICE.data(), BARE.data(), NO_BY.data(), NAMED.data(), OTHER_WORD.data(), VALUE.data());
}

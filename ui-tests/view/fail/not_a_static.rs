use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    const CONST: Count<VIDEO_SIZE>;
    pub BARE: Count<VIDEO_SIZE>;
    static mut MUT: Count<VIDEO_SIZE>;
    static VALUE: Count<VIDEO_SIZE> = Count::new();
    fn function() {}
    static AFTER: Count<VIDEO_SIZE>;
}

fn main() {
    let _ = (CONST.data(), BARE.data(), MUT.data(), VALUE.data(), AFTER.data());
}

use std::time::Duration;

use census::{Measure, TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static LATENCY: Measure<Duration>;

#[measure("work", nmae = 1, LATENCY(), in_flight, tags(FRONTEND), result = "ok", skip = 1)]
const fn work() {}

fn main() {
    work();
}

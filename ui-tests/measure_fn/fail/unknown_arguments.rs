use std::time::Duration;

use census::{Measure, TagKey, measure, tag};

#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static SIZE: Measure<u64>;
#[measure]
static ACTIVE: Measure<i64>;
#[tag]
static KEY: TagKey;

#[measure(LATENCY, inflight = ACTIVE, nmae = "x", unit = "s", LATENCY, in_flight = ACTIVE, in_flight = ACTIVE)]
fn work() {}

#[measure("work", name, result, tags = KEY, SIZE =, SIZE = 5, LATENCY(), tags(KEY, KEY = 1, KEY = 2), in_flight = |x| x)]
fn more() {}

#[measure(name = "", crate = 5, result = "ok", 5, skip = 1)]
fn still_more() {}

fn main() {
    work();
    more();
    still_more();
}

use census::{Measure, measure};
use std::time::Duration;

#[measure(unit = "mega bytes")]
static VIDEO_SIZE: Measure<u64>;

#[measure(unit = "")]
static FRAMES: Measure<u64>;

#[measure(unit = "minutes")]
static LATENCY: Measure<Duration>;

#[measure(units = "By", name = "")]
static SIZE: Measure<u64>;

fn main() {
    LATENCY.record(Duration::ZERO);
    record_all();
}

fn record_all() {
    VIDEO_SIZE.record(1);
    FRAMES.record(1);
    SIZE.record(1);
}

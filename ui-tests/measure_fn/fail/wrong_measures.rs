use std::time::Duration;

use census::{Measure, TagKey, measure, tag};

#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static SIZE: Measure<u64>;
#[tag]
static KEY: TagKey;

#[measure(SIZE)]
fn not_a_duration() {}

#[measure(LATENCY, in_flight = SIZE)]
fn not_an_i64() {}

#[measure(KEY)]
fn not_a_measure() {}

#[measure(MISSING)]
fn no_measure() {}

fn main() {
    not_a_duration();
    not_an_i64();
    not_a_measure();
    no_measure();
}

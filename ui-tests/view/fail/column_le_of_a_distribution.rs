use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static FRONTEND: TagKey;
#[measure]
static LATENCY: Measure<Duration>;

#[tag]
static LE: TagKey;

view! {
    static LATENCIES: Distribution<LATENCY> by (FRONTEND, LE);
}

fn main() {}

use std::time::Duration;

use census::{Measure, TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static LATENCY: Measure<Duration>;

struct Service;

#[measure(LATENCY, FRONTEND, MISSING, tags(FRONTEND = 1.5))]
impl Service {
    fn work(&self) {}

    fn rest(&self) {}
}

fn main() {
    Service.work();
    Service.rest();
}

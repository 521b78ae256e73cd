use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, total)]
fn load() {}

fn main() {
    load();
}

use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar(5 = 1))]
fn work() {}

fn main() {
    work();
}

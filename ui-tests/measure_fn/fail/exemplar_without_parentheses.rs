use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar = trace_id())]
fn work() {}

fn main() {
    work();
}

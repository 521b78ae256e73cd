use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar(trace_id = 1), exemplar(span_id = 2))]
fn work() {}

fn main() {
    work();
}

use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar(trace_id = ratio))]
fn work(ratio: f64) {}

fn main() {
    work(0.5);
}

use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar(trace_id = trace))]
fn work(id: u64) {
    let _ = id;
}

fn main() {
    work(5);
}

use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar(trace_id = 1.to_sting()))]
async fn work() {}

fn main() {
    drop(work());
}

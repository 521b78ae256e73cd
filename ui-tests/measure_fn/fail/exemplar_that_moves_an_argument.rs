use census::{Measure, measure};
use std::time::Duration;

#[measure]
static LATENCY: Measure<Duration>;

#[measure(LATENCY, exemplar(trace_id = id.into_boxed_str()))]
fn work(id: String) -> Result<(), String> {
    Err(id)
}

fn main() {
    let _ = work(String::new());
}

use std::time::Duration;

use census::{Measure, measure};

type Latency = Measure<Duration>;

#[measure(unit = "min")]
static LATENCY: Latency;

fn main() {}

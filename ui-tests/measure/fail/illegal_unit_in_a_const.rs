use census::{Measure, measure};
use std::time::Duration;

const UNIT: &str = "mega bytes";
type Latency = Measure<Duration>;

#[measure(unit = UNIT)]
static VIDEO_SIZE: Measure<u64>;

#[measure(unit = "min")]
static LATENCY: Latency;

#[measure(name = "", unit = UNIT)]
static FRAMES: Measure<u64>;

fn main() {}

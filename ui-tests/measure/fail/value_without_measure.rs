use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: u64;

#[measure]
static FRAMES: Measure;

#[measure]
static LATENCY: std::time::Duration;

#[measure]
static SIZES: [u64; 2];

fn main() {
    VIDEO_SIZE.record(5);
    FRAMES.record(5);
    let _: (&Measure<u64>, &Measure<std::time::Duration>) = (&VIDEO_SIZE, &LATENCY);
}

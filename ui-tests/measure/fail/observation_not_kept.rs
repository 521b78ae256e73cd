#![deny(unused_must_use)]

use census::{Observed, measure, tags};

#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    QUEUE_DEPTH.observe(|seen| seen.record(5, tags!()));
}

use std::time::Duration;

use census::{Observed, measure};

#[measure]
static AGE: Observed<Duration>;
#[measure]
static WAITING: Observed<i64>;
#[measure]
static SIZE: Observed<u64>;

#[measure(AGE)]
fn load() {}

#[measure(in_flight = WAITING)]
fn wait() {}

#[measure(SIZE = |returned| *returned)]
fn size() -> u64 {
    5
}

fn main() {
    load();
    wait();
    size();
}

//! The guard is dropped at once.

#![deny(unused_must_use)]

use census::{Measure, measure};

#[measure]
static CONNECTIONS: Measure<i64>;

fn main() {
    CONNECTIONS.hold(1);
}

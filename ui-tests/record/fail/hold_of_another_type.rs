//! Only a `Measure<i64>` can go down.

use census::{Measure, measure};

#[measure]
static CONNECTIONS: Measure<u64>;

fn main() {
    let _held = CONNECTIONS.hold(1);
}

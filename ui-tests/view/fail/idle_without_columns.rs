use std::time::Duration;

use census::{Measure, measure, view};

#[measure]
static BYTES: Measure<u64>;

view! {
    static SENT: Sum<BYTES> { idle: Duration::from_mins(10) }
}

fn main() {}

use std::time::Duration;

use census::{Measure, TagKey, measure, tag, view};

#[tag]
static TENANT: TagKey;
#[measure]
static BYTES: Measure<u64>;

const NEVER: Duration = Duration::ZERO;

view! {
    static SENT: Sum<BYTES> by (TENANT) { idle: NEVER }
}

fn main() {}

use std::time::Duration;

use census::{Observed, TagKey, measure, tag, view};

#[tag]
static TENANT: TagKey;
#[measure]
static CONNECTIONS: Observed<u64>;

view! {
    static OPEN: Sum<CONNECTIONS> by (TENANT) { idle: Duration::from_mins(10) }
}

fn main() {}

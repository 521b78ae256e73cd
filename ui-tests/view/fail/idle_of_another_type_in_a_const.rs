use census::{Measure, TagKey, measure, tag, view};

#[tag]
static TENANT: TagKey;
#[measure]
static BYTES: Measure<u64>;

const MINUTE: u64 = 60;

view! {
    static SENT: Sum<BYTES> by (TENANT) { idle: 10 * MINUTE }
}

fn main() {}

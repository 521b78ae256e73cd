use census::{Measure, TagKey, measure, tag, view};

#[tag]
static TENANT: TagKey;
#[measure]
static BYTES: Measure<u64>;

view! {
    static SENT: Sum<BYTES> by (TENANT) { idle: "10m" }
}

fn main() {}

use census::{Measure, TagKey, measure, tag, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;
#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;

view! {
    static RESERVED: Count<VIDEO_SIZE> by (FRONTEND as __name__);
    static BUCKETS: Distribution<VIDEO_SIZE> by (FRONTEND as le) { buckets: [1] }
    static ONE_LABEL: Count<VIDEO_SIZE> by (FRONTEND as codec, CODEC);
}

fn main() {}

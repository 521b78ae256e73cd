use census::{Measure, TagKey, measure, tag, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;
#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;

view! {
    static WITHOUT_A_LABEL: Count<VIDEO_SIZE> by (FRONTEND as, CODEC);
    static A_STRING: Count<VIDEO_SIZE> by (FRONTEND as "client");
    static NOT_ASCII: Count<VIDEO_SIZE> by (FRONTEND as größe);
    static TWO_WORDS: Count<VIDEO_SIZE> by (FRONTEND as client name);
}

fn main() {}

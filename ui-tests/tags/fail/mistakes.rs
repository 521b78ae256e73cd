use census::{Measure, TagKey, TagMap, measure, tag, tags};

#[tag]
static FRONTEND: TagKey;
#[tag]
static CODEC: TagKey;
#[measure]
static FRAMES: Measure<u64>;

fn main() {
    let _: TagMap = tags!(FRONTEND = "a", CODEC = "b", FRONTEND = "c");
    let _: TagMap = tags!(FRONTEND, CODEC = "b");
    let _: TagMap = tags!("frontend" = "a");
    let _: TagMap = tags!(FRONTEND: "a");
    let _: TagMap = tags!(FRONTEND = 1.5);
    let _: TagMap = tags!(FRAMES = "a");
}

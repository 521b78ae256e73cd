use census::{Measure, measure};

struct Bytes(u64);

#[measure]
static VIDEO_SIZE: Measure<Bytes>;

fn main() {}

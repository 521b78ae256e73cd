use census::{Measure, measure};

#[measure(buckets = [1, 2])]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(5);
}

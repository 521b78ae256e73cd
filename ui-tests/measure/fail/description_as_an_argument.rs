use census::{Measure, measure};

#[measure(description = "Size of processed videos.")]
static VIDEO_SIZE: Measure<u64>;

fn main() {
    VIDEO_SIZE.record(5);
}

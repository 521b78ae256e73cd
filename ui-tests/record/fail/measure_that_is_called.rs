use census::{Measure, measure, record};

#[measure]
static VIDEO_SIZE: Measure<u64>;

fn size() -> Measure<u64> {
    VIDEO_SIZE.clone()
}

fn main() {
    record!(size() = 5);
}
